"""ai.onnx.ml, of which the suite holds four operators."""
import numpy as np

from own.cases import ML, case, f, i64, rng

x = f(5, 4)
words = np.array([["a", "b"], ["c", "z"]], dtype=object)


def ml(name, op, inputs, outputs=1, opset=3, **k):
    case("ml_" + name, 18, op, inputs, outputs, domain=ML, ml=opset, **k)


def tables():
    ml("binarizer", "Binarizer", [x], threshold=0.25)
    ml("array_feature_extractor", "ArrayFeatureExtractor", [x, i64(3, 0)])
    ml("imputer", "Imputer", [np.where(x > 1, np.nan, x).astype(np.float32)], imputed_value_floats=[1.0, 2.0, 3.0, 4.0], replaced_value_float=float("nan"))
    ml("imputer_one", "Imputer", [rng.integers(0, 3, (4, 3))], imputed_value_int64s=[9], replaced_value_int64=1)
    ml("scaler", "Scaler", [x], offset=[0.5, 1.0, -1.0, 0.0], scale=[1.0, 2.0, 0.5, 3.0])
    ml("scaler_one", "Scaler", [rng.integers(-9, 9, (3, 4))], offset=[1.0], scale=[0.5])
    for norm in ("MAX", "L1", "L2"):
        ml("normalizer_" + norm.lower(), "Normalizer", [np.abs(x) + 0.1 if norm == "MAX" else x], norm=norm)
    ml("feature_vectorizer", "FeatureVectorizer", [x, f(5, 2)], inputdimensions=[4, 2])
    ml("onehot_ints", "OneHotEncoder", [i64(1, 7, 5)], cats_int64s=[5, 1, 3])
    ml("onehot_strings", "OneHotEncoder", [words], cats_strings=["b", "a"], zeros=1)
    ml("category_mapper", "CategoryMapper", [words], cats_strings=["a", "b", "c"], cats_int64s=[10, 20, 30], default_int64=-5)
    ml("category_mapper_back", "CategoryMapper", [i64(10, 30, 11)], cats_strings=["a", "b", "c"], cats_int64s=[10, 20, 30], default_string="?")
    ml("labels_1", "LabelEncoder", [words], opset=1, classes_strings=["b", "a", "c"], default_int64=-7, expected=[np.array([[1, 0], [2, -7]])])
    ml("labels_1_back", "LabelEncoder", [i64(2, 0, 9)], opset=1, classes_strings=["b", "a", "c"], default_string="?",
       expected=[np.array(["c", "b", "?"], dtype=object)])
    ml("labels_2", "LabelEncoder", [words], opset=2, keys_strings=["a", "c"], values_int64s=[3, 4], default_int64=-1)
    ml("labels_2_floats", "LabelEncoder", [i64(1, 2, 3)], opset=2, keys_int64s=[1, 3], values_floats=[0.5, 1.5], default_float=9.0)
    ml("labels_2_strings", "LabelEncoder", [i64(1, 2, 3)], opset=2, keys_int64s=[1, 3], values_strings=["x", "y"], default_string="none")


def linear():
    weights, biases = [0.5, -1.0, 2.0, 0.25, 1.0, 0.5, -0.5, 0.75, -1.5, 0.1, 0.2, 0.3], [0.1, -0.2, 0.3]
    ml("linear_regressor", "LinearRegressor", [x], coefficients=weights[:8], intercepts=biases[:2], targets=2)
    ml("linear_regressor_one", "LinearRegressor", [x], coefficients=weights[:4], intercepts=[0.5])
    for after in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
        ml("linear_classifier_" + after.lower(), "LinearClassifier", [x], 2, coefficients=weights, intercepts=biases, classlabels_ints=[3, 5, 9], post_transform=after)
    ml("linear_classifier_strings", "LinearClassifier", [x], 2, coefficients=weights, intercepts=biases, classlabels_strings=["a", "b", "c"], post_transform="SOFTMAX")
    ml("linear_classifier_two", "LinearClassifier", [x], 2, coefficients=weights[:8], intercepts=biases[:2], classlabels_ints=[0, 1], post_transform="LOGISTIC")


def support_vectors():
    vectors, weights = f(3, 4), f(3)
    for kind, parameters in (("LINEAR", [0.0, 0.0, 0.0]), ("POLY", [0.3, 1.0, 2.0]), ("RBF", [0.4, 0.0, 0.0]), ("SIGMOID", [0.2, 0.1, 0.0])):
        ml("svm_regressor_" + kind.lower(), "SVMRegressor", [x], kernel_type=kind, kernel_params=parameters, support_vectors=vectors.ravel().tolist(),
           coefficients=weights.tolist(), n_supports=3, rho=[0.2])
    ml("svm_regressor_one_class", "SVMRegressor", [x], kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], support_vectors=vectors.ravel().tolist(),
       coefficients=weights.tolist(), n_supports=3, rho=[0.2], one_class=1)
    six, pairs = f(6, 4), f(2, 6)
    ml("svm_classifier", "SVMClassifier", [x], 2, kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], support_vectors=six.ravel().tolist(),
       coefficients=pairs.ravel().tolist(), vectors_per_class=[2, 3, 1], rho=[0.1, 0.2, -0.1], classlabels_ints=[4, 5, 6])
    ml("svm_classifier_probabilities", "SVMClassifier", [x], 2, kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], support_vectors=six.ravel().tolist(),
       coefficients=pairs.ravel().tolist(), vectors_per_class=[2, 3, 1], rho=[0.1, 0.2, -0.1], prob_a=[-1.3, -2.0, -0.7], prob_b=[0.2, -0.1, 0.4],
       classlabels_ints=[4, 5, 6])
    for count, sign in ((3, 1), (2, 1), (2, -1)):
        coefficients = np.abs(f(count, 4)) if sign > 0 else f(count, 4)
        ml(f"svm_classifier_linear_{count}_{'positive' if sign > 0 else 'mixed'}", "SVMClassifier", [x], 2, kernel_type="LINEAR", kernel_params=[0.0, 0.0, 0.0],
           coefficients=coefficients.ravel().tolist(), rho=[0.1], classlabels_ints=list(range(4, 4 + count)), post_transform="LOGISTIC")
    two = dict(kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], support_vectors=vectors.ravel().tolist(), coefficients=weights.tolist(),
               vectors_per_class=[2, 1], rho=[-0.1], classlabels_ints=[4, 5])
    for after in ("NONE", "LOGISTIC"):
        ml("svm_classifier_two_" + after.lower(), "SVMClassifier", [x], 2, post_transform=after, **two)
        ml("svm_classifier_two_probabilities_" + after.lower(), "SVMClassifier", [x], 2, post_transform=after, prob_a=[-1.3], prob_b=[0.2], **two)


def trees():
    """Two trees: depth 2, and a stump."""
    nodes = dict(nodes_treeids=[0] * 5 + [1] * 3, nodes_nodeids=[0, 1, 2, 3, 4, 0, 1, 2], nodes_featureids=[0, 1, 0, 0, 0, 2, 0, 0],
                 nodes_values=[0.1, -0.2, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0], nodes_truenodeids=[1, 3, 0, 0, 0, 1, 0, 0], nodes_falsenodeids=[2, 4, 0, 0, 0, 2, 0, 0],
                 nodes_missing_value_tracks_true=[0] * 8)
    for mode in ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE"):
        modes = [mode, mode, "LEAF", "LEAF", "LEAF", mode, "LEAF", "LEAF"]
        leaves = dict(target_treeids=[0, 0, 0, 1, 1], target_nodeids=[2, 3, 4, 1, 2], target_ids=[0] * 5, target_weights=[1.0, 2.0, -1.0, 0.5, 0.25])
        for how in ("SUM", "AVERAGE", "MIN", "MAX"):
            ml(f"tree_regressor_{mode.lower()}_{how.lower()}", "TreeEnsembleRegressor", [x], nodes_modes=modes, n_targets=1, aggregate_function=how,
               base_values=[0.5], **nodes, **leaves)
        leaves["target_ids"] = [0, 1, 0, 0, 1]
        ml(f"tree_regressor_{mode.lower()}_targets", "TreeEnsembleRegressor", [x], nodes_modes=modes, n_targets=2, **nodes, **leaves)
    modes = ["BRANCH_LEQ"] * 2 + ["LEAF"] * 3 + ["BRANCH_LEQ"] + ["LEAF"] * 2
    classes = dict(class_treeids=[0, 0, 0, 1, 1], class_nodeids=[2, 3, 4, 1, 2], class_ids=[0, 1, 2, 0, 2], class_weights=[1.0, 2.0, 1.5, 0.5, 0.25])
    for after in ("NONE", "SOFTMAX", "LOGISTIC"):
        ml("tree_classifier_" + after.lower(), "TreeEnsembleClassifier", [x], 2, nodes_modes=modes, classlabels_int64s=[7, 8, 9], post_transform=after, **nodes, **classes)
    two = dict(classes, class_ids=[0, 0, 0, 0, 0], class_weights=[1.0, -2.0, 1.5, 0.5, -0.25])
    ml("tree_classifier_binary", "TreeEnsembleClassifier", [x], 2, nodes_modes=modes, classlabels_strings=["no", "yes"], post_transform="LOGISTIC", **nodes, **two)
    ml("tree_classifier_1", "TreeEnsembleClassifier", [x], 2, opset=1, nodes_modes=modes, classlabels_int64s=[7, 8, 9], **nodes, **classes)


def collect():
    tables()
    linear()
    support_vectors()
    trees()
