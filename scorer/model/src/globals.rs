//! The allow-list: which names a model file may mention, and what each may be used for.
//! Names are compared, never imported. A name that is not here ends the reading of the file.

use crate::limits;

/// What a name on the allow-list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Global {
    /// `numpy…multiarray._reconstruct`: an array to be filled by its state.
    Reconstruct,
    /// `numpy…numeric._frombuffer`: an array over a buffer (pickle protocol 5).
    FromBuffer,
    /// `numpy…multiarray.scalar`.
    Scalar,
    /// `numpy.dtype`.
    DType,
    /// `numpy.ndarray`, only named, as the class to reconstruct.
    NdArray,
    /// `_codecs.encode`: how protocol 2 spells bytes.
    Encode,
    /// `builtins.bytes` or `builtins.bytearray`.
    Bytes,
    /// `collections.OrderedDict`: read as the dict that it is.
    OrderedDict,
    /// A class of scikit-learn, or something of the same harmless kind: an object with a state, described and not made.
    Class,
    /// A function that rebuilds an object which no supported estimator reads: kept as a description.
    Rebuild,
    /// A type or constant that is only named, as in `dtype=numpy.float64`.
    Named,
}

impl Global {
    /// Whether an object may be described as made by this name.
    pub(crate) fn makes_objects(self) -> bool {
        !matches!(self, Self::NdArray | Self::Named)
    }
}

struct Entry {
    modules: &'static [&'static str],
    names: &'static [&'static str],
    is: Global,
}

/// numpy renamed `numpy.core` to `numpy._core` in 2.0.
const MULTIARRAY: &[&str] = &["numpy.core.multiarray", "numpy._core.multiarray"];
const NUMERIC: &[&str] = &["numpy.core.numeric", "numpy._core.numeric"];
/// Protocol 2 writes Python 2's name of the module.
const BUILTINS: &[&str] = &["builtins", "__builtin__"];

const ENTRIES: &[Entry] = &[
    Entry { modules: MULTIARRAY, names: &["_reconstruct"], is: Global::Reconstruct },
    Entry { modules: MULTIARRAY, names: &["scalar"], is: Global::Scalar },
    Entry { modules: NUMERIC, names: &["_frombuffer"], is: Global::FromBuffer },
    Entry { modules: &["numpy"], names: &["dtype"], is: Global::DType },
    Entry { modules: &["numpy"], names: &["ndarray"], is: Global::NdArray },
    Entry {
        modules: &["numpy"],
        names: &[
            "float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8",
            "bool_", "bool", "str_", "object_", "nan",
        ],
        is: Global::Named,
    },
    Entry { modules: &["_codecs"], names: &["encode"], is: Global::Encode },
    Entry { modules: BUILTINS, names: &["bytes", "bytearray"], is: Global::Bytes },
    Entry {
        modules: BUILTINS,
        names: &["set", "frozenset", "slice", "range", "xrange", "complex"],
        is: Global::Rebuild,
    },
    Entry {
        modules: BUILTINS,
        names: &["int", "float", "str", "bool", "object", "list", "tuple", "dict"],
        is: Global::Named,
    },
    Entry { modules: &["collections"], names: &["OrderedDict"], is: Global::OrderedDict },
    Entry {
        modules: &["numpy.random._pickle"],
        names: &["__randomstate_ctor", "__generator_ctor", "__bit_generator_ctor"],
        is: Global::Rebuild,
    },
    Entry { modules: &["numpy.random._mt19937"], names: &["MT19937"], is: Global::Named },
    Entry { modules: &["numpy.random._pcg64"], names: &["PCG64"], is: Global::Named },
    Entry { modules: &["numpy.random.bit_generator"], names: &["SeedSequence"], is: Global::Class },
    Entry { modules: &["numpy.random.mtrand"], names: &["RandomState"], is: Global::Class },
    Entry { modules: &["numpy.random._generator"], names: &["Generator"], is: Global::Class },
    Entry { modules: &["numpy.random.bit_generator"], names: &["__pyx_unpickle_SeedSequence"], is: Global::Rebuild },
    Entry {
        modules: &["sklearn.neighbors._dist_metrics", "sklearn.metrics._dist_metrics"],
        names: &["newObj"],
        is: Global::Rebuild,
    },
    Entry {
        modules: &["scipy.sparse._csr", "scipy.sparse.csr"],
        names: &["csr_matrix", "csr_array"],
        is: Global::Class,
    },
    Entry {
        modules: &["scipy.sparse._csc", "scipy.sparse.csc"],
        names: &["csc_matrix", "csc_array"],
        is: Global::Class,
    },
];

/// What the allow-list says of a name; `None` if it is not on it.
pub(crate) fn lookup(module: &str, name: &str) -> Option<Global> {
    if module.len() > limits::NAME_BYTES || name.len() > limits::NAME_BYTES {
        return None;
    }
    let entry = ENTRIES.iter().find(|e| e.modules.contains(&module) && e.names.contains(&name));
    entry.map(|e| e.is).or_else(|| scikit_learn(module, name))
}

/// Classes of scikit-learn by their form, so that an estimator which is not supported can still be described and refused by
/// name. Functions are not covered, except what Cython writes to rebuild its loss objects (`_loss` is how scikit-learn 1.5 to
/// 1.8 spells `sklearn._loss._loss`).
fn scikit_learn(module: &str, name: &str) -> Option<Global> {
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let inside = module == "_loss" || (module.starts_with("sklearn.") && module.split('.').all(plain));
    if !inside || !plain(name) {
        return None;
    }
    if name.starts_with("__pyx_unpickle_") {
        return Some(Global::Rebuild);
    }
    name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase()).then_some(Global::Class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_act_is_not_on_the_list() {
        for (module, name) in [
            ("os", "system"),
            ("posix", "system"),
            ("nt", "system"),
            ("builtins", "eval"),
            ("builtins", "exec"),
            ("builtins", "getattr"),
            ("builtins", "__import__"),
            ("__builtin__", "apply"),
            ("subprocess", "Popen"),
            ("numpy", "load"),
            ("numpy.testing._private.utils", "runstring"),
            ("functools", "partial"),
            ("operator", "attrgetter"),
            ("sklearn.pipeline", "Pipeline.fit"),
            ("sklearn.utils", "shuffle"),
            ("sklearn", "Pipeline"),
            ("sklearn..os", "System"),
            ("sklearn.externals", ""),
            ("sklearnx.tree", "Tree"),
            ("sklearn.tree", &"T".repeat(limits::NAME_BYTES + 1)),
        ] {
            assert_eq!(lookup(module, name), None, "{module}.{name}");
        }
    }

    #[test]
    fn classes_of_scikit_learn_are_described_and_not_made() {
        assert_eq!(lookup("sklearn.ensemble._gb", "GradientBoostingRegressor"), Some(Global::Class));
        assert_eq!(lookup("sklearn.compose._column_transformer", "_RemainderColsList"), Some(Global::Class));
        assert_eq!(lookup("_loss", "__pyx_unpickle_CyHalfSquaredError"), Some(Global::Rebuild));
    }

    #[test]
    fn both_spellings_of_numpy_core_are_the_same() {
        for module in MULTIARRAY {
            assert_eq!(lookup(module, "_reconstruct"), Some(Global::Reconstruct));
        }
    }
}
