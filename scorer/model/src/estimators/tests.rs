//! Estimators described by hand, where no writer would make the file: what must be refused before a row is read.

use std::borrow::Cow;

use super::*;
use crate::arena::{Arena, Made, Node, NodeId};
use crate::globals::{self, Global};
use crate::numpy::{Array, DType, Scalar};

/// Values of a model file, added one by one.
struct File(Arena<'static>);

impl File {
    /// A file whose arrays may have `array_bytes` bytes.
    fn new(array_bytes: usize) -> Self {
        Self(Arena::new(10_000, array_bytes))
    }

    fn text(&mut self, text: &str) -> NodeId {
        self.0.add_text(text).unwrap()
    }

    fn node(&mut self, node: Node<'static>) -> NodeId {
        self.0.add(node).unwrap()
    }

    fn name(&mut self, module: &str, name: &str) -> (NodeId, Global) {
        let known = globals::lookup(module, name).unwrap();
        let (module, name) = (self.0.intern(module).unwrap(), self.0.intern(name).unwrap());
        (self.0.add_name(module, name, known).unwrap(), known)
    }

    fn dict(&mut self, entries: &[(&str, NodeId)]) -> NodeId {
        let entries = entries.iter().map(|(key, value)| (self.text(key), *value)).collect();
        self.node(Node::Dict(entries))
    }

    /// An object of a class, with `_sklearn_version` and the attributes given.
    fn object(&mut self, (module, class): (&str, &str), args: NodeId, attributes: &[(&str, NodeId)]) -> NodeId {
        let version = self.text("1.9.1");
        let state = self.dict(&[attributes, &[("_sklearn_version", version)]].concat());
        let (class, by) = self.name(module, class);
        self.node(Node::Made(Made { by, class, args, state: Some(state) }))
    }

    fn floats(&mut self, shape: &[usize]) -> NodeId {
        let bytes = vec![0; shape.iter().product::<usize>() * 8];
        let array = Array::new(DType::Plain(Scalar::F64), shape.to_vec(), Cow::Owned(bytes)).unwrap();
        self.0.add_array(array).unwrap()
    }

    fn vectorizer(&mut self, dtype: (&str, &str), separator: &str, vocabulary: &[(&str, i64)]) -> NodeId {
        let (dtype, _) = self.name(dtype.0, dtype.1);
        let separator = self.text(separator);
        let entries: Vec<_> = vocabulary.iter().map(|(name, index)| (*name, self.node(Node::Int(*index)))).collect();
        let vocabulary = self.dict(&entries);
        let attributes =
            [("dtype", dtype), ("separator", separator), ("sparse", Arena::TRUE), ("vocabulary_", vocabulary)];
        self.object(VECTORIZER, Arena::EMPTY_TUPLE, &attributes)
    }

    fn linear(&mut self, shape: &[usize]) -> NodeId {
        let (coefficients, intercept) = (self.floats(shape), self.floats(&[]));
        let attributes = [("coef_", coefficients), ("intercept_", intercept)];
        self.object(("sklearn.linear_model._base", "LinearRegression"), Arena::EMPTY_TUPLE, &attributes)
    }

    /// A pipeline of the steps; built.
    fn build(&mut self, steps: &[NodeId]) -> Result<(), BuildError> {
        let name = self.text("step");
        let steps = steps.iter().map(|step| self.node(Node::Tuple(vec![name, *step]))).collect();
        let steps = self.node(Node::List(steps));
        let pipeline = self.object(("sklearn.pipeline", "Pipeline"), Arena::EMPTY_TUPLE, &[("steps", steps)]);
        build(&super::steps(&self.0, pipeline)?).map(drop)
    }
}

const VECTORIZER: (&str, &str) = ("sklearn.feature_extraction._dict_vectorizer", "DictVectorizer");
const DOUBLE: (&str, &str) = ("numpy", "float64");

fn pipeline(dtype: (&str, &str), separator: &str, vocabulary: &[(&str, i64)]) -> Result<(), BuildError> {
    let mut file = File::new(1000);
    let vectorizer = file.vectorizer(dtype, separator, vocabulary);
    let linear = file.linear(&[2]);
    file.build(&[vectorizer, linear])
}

#[test]
fn a_vocabulary_must_number_the_names_without_gap_or_repetition() {
    assert!(pipeline(DOUBLE, "=", &[("b", 1), ("a=x", 0)]).is_ok());
    for (problem, vocabulary) in [
        ("no name", &[][..]),
        ("a gap", &[("a", 0), ("b", 2)]),
        ("a negative index", &[("a", 0), ("b", -1)]),
        ("an index twice", &[("a", 1), ("b", 1)]),
        ("a name twice", &[("a", 0), ("a", 1)]),
    ] {
        let error = pipeline(DOUBLE, "=", vocabulary).unwrap_err();
        assert!(matches!(error, BuildError::Vocabulary { .. }), "{problem}: {error}");
    }
}

#[test]
fn settings_of_the_vectorizer_that_are_not_supported_are_named() {
    let names = [("b", 1), ("a=x", 0)];
    assert!(pipeline(("numpy", "float32"), "=", &names).is_ok());
    for (dtype, separator) in [(("numpy", "int64"), "="), (DOUBLE, "")] {
        let error = pipeline(dtype, separator, &names).unwrap_err();
        assert!(matches!(error, BuildError::Setting { .. }), "{error}");
    }
}

#[test]
fn steps_that_disagree_on_the_features_are_refused() {
    let error = pipeline(DOUBLE, "=", &[("a", 0)]).unwrap_err();
    assert!(matches!(error, BuildError::Features { expected: 2, found: 1, .. }), "{error}");
}

#[test]
fn several_outputs_of_a_linear_model_are_refused() {
    for (shape, outputs) in [([3, 2], true), ([1, 2], false)] {
        let mut file = File::new(1000);
        let vectorizer = file.vectorizer(DOUBLE, "=", &[("a", 0), ("b", 1)]);
        let linear = file.linear(&shape);
        let error = file.build(&[vectorizer, linear]).unwrap_err();
        assert_eq!(matches!(error, BuildError::Outputs { .. }), outputs, "{error}");
    }
}

/// A forest that names one tree `times` times, in a file with room for the nodes of one.
fn forest_of_one_tree(times: usize) -> Result<(), BuildError> {
    let mut file = File::new(64);
    let fields = ["left_child", "right_child", "feature", "threshold"].into_iter().zip([0, 8, 16, 24]);
    let field = |(name, offset): (&str, usize)| crate::numpy::Field {
        name: name.to_owned(),
        scalar: if name == "threshold" { Scalar::F64 } else { Scalar::I64 },
        offset,
    };
    let dtype = DType::record(32, fields.map(field).collect()).unwrap();
    let nodes = file.0.add_array(Array::new(dtype, vec![1], Cow::Owned(vec![0xff; 32])).unwrap()).unwrap();
    let (values, one) = (file.floats(&[1, 1, 1]), file.node(Node::Int(1)));
    let args = file.node(Node::Tuple(vec![one, Arena::NONE, one]));
    let attributes = [("node_count", one), ("nodes", nodes), ("values", values)];
    let tree = file.object(("sklearn.tree._tree", "Tree"), args, &attributes);
    let tree = file.object(("sklearn.tree._classes", "DecisionTreeRegressor"), Arena::EMPTY_TUPLE, &[("tree_", tree)]);
    let trees = file.node(Node::List(vec![tree; times]));
    let attributes = [("estimators_", trees), ("n_outputs_", one)];
    let forest = file.object(("sklearn.ensemble._forest", "RandomForestRegressor"), Arena::EMPTY_TUPLE, &attributes);
    let vectorizer = file.vectorizer(DOUBLE, "=", &[("a", 0)]);
    file.build(&[vectorizer, forest])
}

#[test]
fn a_tree_that_is_named_twice_counts_twice() {
    assert!(forest_of_one_tree(1).is_ok());
    let error = forest_of_one_tree(2).unwrap_err();
    assert!(matches!(error, BuildError::Tree { tree: 1, source: TreeError::TooMany { limit: 1 }, .. }), "{error}");
    assert!(forest_of_one_tree(0).is_err());
}
