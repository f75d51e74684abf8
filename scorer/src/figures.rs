//! The figures of a month: what its predictions look like, and how good they were where the truth is known. Gathered
//! batch by batch in row order, in memory that does not grow with the month. What is infinite or NaN is counted and is in
//! no other figure: JSON could not hold it.

use std::collections::BTreeMap;

use scoring_contract::manifest::{ErrorFigures, Figures, NonFinite};

/// Bits of the mantissa that a cell of the sketch keeps: quantiles are exact to 1 part in 512.
const MANTISSA: u32 = 9;
const BINS: usize = 20;
const QUANTILES: [(&str, f64); 7] =
    [("p01", 0.01), ("p05", 0.05), ("p25", 0.25), ("p50", 0.50), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99)];

/// What is gathered so far.
#[derive(Default)]
pub struct Gathering {
    left_out: u64,
    /// Predictions, and those of them that are finite.
    rows: u64,
    finite: u64,
    infinite_truths: u64,
    sum: f64,
    least: Option<f64>,
    most: Option<f64>,
    cells: BTreeMap<i64, u64>,
    nulls: BTreeMap<String, u64>,
    unseen: BTreeMap<String, u64>,
    error: Errors,
}

#[derive(Default)]
struct Errors {
    rows: u64,
    absolute: f64,
    squared: f64,
    signed: f64,
}

impl Gathering {
    /// Adds rows that `where` left out.
    pub fn left_out(&mut self, rows: u64) {
        self.left_out += rows;
    }

    /// Adds predictions.
    pub fn predictions(&mut self, predictions: &[f64]) {
        self.rows += predictions.len() as u64;
        for &value in predictions.iter().filter(|value| value.is_finite()) {
            self.finite += 1;
            self.sum += value;
            self.least = Some(self.least.map_or(value, |least| least.min(value)));
            self.most = Some(self.most.map_or(value, |most| most.max(value)));
            *self.cells.entry(cell(value)).or_default() += 1;
        }
    }

    /// Adds what is known of one column that the model was given.
    pub fn column(&mut self, name: &str, nulls: u64, unseen: Option<u64>) {
        *self.nulls.entry(name.to_owned()).or_default() += nulls;
        if let Some(unseen) = unseen {
            *self.unseen.entry(name.to_owned()).or_default() += unseen;
        }
    }

    /// Adds the truth of rows; a NaN is no truth.
    pub fn truth(&mut self, predictions: &[f64], truth: &[f64]) {
        self.infinite_truths += truth.iter().filter(|truth| truth.is_infinite()).count() as u64;
        let finite = |(prediction, truth): &(&f64, &f64)| prediction.is_finite() && truth.is_finite();
        for (prediction, truth) in predictions.iter().zip(truth).filter(finite) {
            let error = prediction - truth;
            self.error.rows += 1;
            self.error.absolute += error.abs();
            self.error.squared += error * error;
            self.error.signed += error;
        }
    }

    /// The figures.
    pub fn finish(self) -> Figures {
        let rows = self.rows as f64;
        let unseen = self.unseen.iter().filter(|_| self.rows > 0);
        Figures {
            left_out: self.left_out,
            non_finite: NonFinite { predictions: self.rows - self.finite, truths: self.infinite_truths },
            // Without a finite prediction this is 0/0, and no mean.
            mean: Some(self.sum / self.finite as f64).filter(|mean| mean.is_finite()),
            min: self.least,
            max: self.most,
            quantiles: QUANTILES
                .iter()
                .filter_map(|(name, share)| Some(((*name).to_owned(), self.quantile(*share)?)))
                .collect(),
            histogram: self.histogram(),
            unseen_share: unseen.map(|(name, count)| (name.clone(), *count as f64 / rows)).collect(),
            error: self.error.finish(),
            nulls: self.nulls,
            // What a model does with its columns is not seen in its predictions.
            ignored: Vec::new(),
        }
    }

    /// The value at the nearest rank, within the range seen.
    fn quantile(&self, share: f64) -> Option<f64> {
        let rank = (share * self.finite as f64).ceil().max(1.0) as u64;
        let mut counted = 0;
        for (&cell, count) in &self.cells {
            counted += count;
            if counted >= rank {
                return Some(middle(cell).clamp(self.least?, self.most?));
            }
        }
        None
    }

    fn histogram(&self) -> Vec<u64> {
        let (Some(least), Some(most)) = (self.least, self.most) else { return Vec::new() };
        let mut bins = vec![0; BINS];
        for (&cell, count) in &self.cells {
            let share = (middle(cell).clamp(least, most) - least) / (most - least);
            // A NaN share (one value only, or a range beyond a double's) lands in the first bin.
            let bin = ((share * BINS as f64) as usize).min(BINS - 1);
            bins[bin] += count;
        }
        bins
    }
}

impl Errors {
    fn finish(&self) -> Option<ErrorFigures> {
        let rows = self.rows as f64;
        let (mae, rmse, bias) = (self.absolute / rows, (self.squared / rows).sqrt(), self.signed / rows);
        let figures = ErrorFigures { rows: self.rows, mae, rmse, bias };
        // Without a row they are 0/0, and with errors beyond 1e154 the squares are infinite: no figures then.
        [mae, rmse, bias].into_iter().all(f64::is_finite).then_some(figures)
    }
}

/// The cell of a value; cells are ordered as values are.
fn cell(value: f64) -> i64 {
    let bits = value.abs().to_bits() >> (52 - MANTISSA);
    let magnitude = bits as i64;
    if value.is_sign_negative() { -magnitude - 1 } else { magnitude }
}

/// The value in the middle of a cell.
fn middle(cell: i64) -> f64 {
    let magnitude = if cell < 0 { -(cell + 1) } else { cell };
    let half = 1 << (52 - MANTISSA - 1);
    let value = if magnitude == 0 { 0.0 } else { f64::from_bits(((magnitude as u64) << (52 - MANTISSA)) + half) };
    if cell < 0 { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(values: &[f64]) -> Figures {
        let mut gathering = Gathering::default();
        gathering.predictions(values);
        gathering.finish()
    }

    #[test]
    fn quantiles_are_exact_to_one_part_in_512() {
        let values: Vec<f64> = (0..10_000).map(|index| f64::from(index) * 0.37 - 900.0).collect();
        let figures = gathered(&values);
        for (name, share) in QUANTILES {
            let exact = values[((share * 10_000.0).ceil() as usize) - 1];
            let found = figures.quantiles[name];
            assert!((found - exact).abs() <= exact.abs() / 512.0, "{name}: {found} for {exact}");
        }
        assert_eq!(figures.histogram.iter().sum::<u64>(), 10_000);
    }

    #[test]
    fn a_month_without_rows_has_no_figures_but_what_was_left_out() {
        let mut gathering = Gathering::default();
        gathering.left_out(7);
        gathering.column("PU_DO", 0, Some(0));
        let figures = gathering.finish();
        assert_eq!(figures.left_out, 7);
        assert_eq!((figures.mean, figures.error), (None, None));
        assert!(figures.quantiles.is_empty() && figures.histogram.is_empty() && figures.unseen_share.is_empty());
    }

    #[test]
    fn one_value_is_its_own_quantile_and_fills_one_bin() {
        let figures = gathered(&[12.5, 12.5]);
        assert_eq!(figures.quantiles["p50"].to_bits(), 12.5_f64.to_bits());
        assert_eq!(figures.histogram[0], 2);
    }

    #[test]
    fn what_is_not_finite_is_counted_and_in_no_other_figure() {
        let sound = gathered(&[1.0, 2.0, 3.0]);
        let figures = gathered(&[f64::NAN, 1.0, f64::INFINITY, 2.0, f64::NEG_INFINITY, 3.0]);
        assert_eq!(figures.non_finite, NonFinite { predictions: 3, truths: 0 });
        assert_eq!(Figures { non_finite: NonFinite::default(), ..figures }, sound);
    }

    #[test]
    fn figures_without_a_finite_value_can_be_written_and_read_back() {
        for values in [[f64::NAN; 3], [f64::INFINITY; 3], [f64::MAX, f64::MAX, -f64::MAX]] {
            let mut gathering = Gathering::default();
            gathering.predictions(&values);
            gathering.truth(&values, &[f64::INFINITY, 1.0, f64::NAN]);
            let figures = gathering.finish();
            let json = serde_json::to_string(&figures).unwrap();
            assert!(!json.contains("null"), "{json}");
            assert_eq!(serde_json::from_str::<Figures>(&json).unwrap(), figures);
            assert_eq!(figures.non_finite.truths, 1);
        }
    }

    #[test]
    fn an_infinite_truth_is_in_no_error() {
        let mut gathering = Gathering::default();
        gathering.truth(&[10.0, f64::NAN, 30.0], &[f64::INFINITY, 1.0, 26.0]);
        let error = gathering.finish().error.unwrap();
        assert_eq!((error.rows, error.mae, error.rmse, error.bias), (1, 4.0, 4.0, 4.0));
    }

    #[test]
    fn errors_are_counted_where_the_truth_is_known() {
        let mut gathering = Gathering::default();
        gathering.truth(&[10.0, 20.0, 30.0], &[13.0, f64::NAN, 26.0]);
        let error = gathering.finish().error.unwrap();
        assert_eq!((error.rows, error.mae, error.bias), (2, 3.5, 0.5));
        assert_eq!(error.rmse.to_bits(), 12.5_f64.sqrt().to_bits());
    }
}
