/* plexus.h: the compiler as a library. The C API of libplexus_compiler.so.

     char *message;
     plexus_model *model;
     plexus_session *session;
     if (plexus_model_open("model.onnx", NULL, &model, &message) ||
         plexus_session_create(model, "cpu", &session, &message)) { puts(message); return 1; }
     plx_program *program = plexus_session_program(session);   // run it by plexus_rt.h
     ...
     plexus_session_destroy(session);
     plexus_model_close(model);

   Errors. Functions that can fail return a plx_status (0 = done). On failure, where out_message is
   not NULL, *out_message is text that says what is wrong, where, what was expected and found; the
   caller gives it to plexus_free. It may have many lines: everything that a model needs and Plexus
   lacks is said at once. Out-parameters are left as they were. Models are hostile until checked:
   nothing throws or aborts because of one.

   Threads. A plexus_model is used by one thread at a time. Different models may be used at once. */
#ifndef PLEXUS_H
#define PLEXUS_H

#include "plexus_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0". */
const char *plexus_version(void);
/* Frees text that a function of this header gave. NULL is allowed. */
void plexus_free(char *text);
/* Does now, once, what first uses would do: registers operators, dialects and targets. Starts no
   thread, so that a process may call it and then fork children that compile. */
void plexus_warm_up(void);

/* ---- Operators */

/* An ONNX operator that models may use. All text is of the process's life. */
typedef struct plexus_operator {
  const char *domain, *name;
  const char *versions; /* opsets of the domain that changed it: "7, 13, 14" */
  const char *types;    /* of the newest version: "T: f16 f32; I: i64"; "": ONNX does not say */
  const char *way;      /* "mapped", or "ONNX function": through the body that ONNX defines */
} plexus_operator;
/* Sorted by domain and name. */
const plexus_operator *plexus_operators(int32_t *out_count);

/* ---- Models */

enum plexus_flags {
  PLEXUS_FAST_MATH = 1,        /* floats may be reassociated */
  PLEXUS_VERIFY_AFTER_ALL = 2, /* run the verifier after every pass */
  PLEXUS_ALL_VALUES = 4,       /* every tensor the graph computes becomes an output (plexus diff) */
  PLEXUS_SYMBOLIC = 8,         /* every dim of every input of an ONNX model becomes a symbol of
                              its own, but those that give ranks */
  PLEXUS_VALUE_TESTS = 16,     /* a .mlir file for plexus_model_check: it need not have @main */
  PLEXUS_TF32 = 32             /* a CUDA device may multiply f32 as tf32, of 11 bits */
};

/* Zero-initialise, then set struct_bytes and what is needed. Everything is read during the call
   alone, but `progress`, which is called until the model is closed. */
typedef struct plexus_options {
  uint32_t struct_bytes; /* sizeof(plexus_options) */
  uint32_t flags;        /* enum plexus_flags */
  int32_t threads;       /* of the compiler; 0: all CPUs */
  int32_t num_dims;
  const char *const *dim_names; /* [num_dims] symbolic dims that get a size */
  const int64_t *dim_sizes;     /* [num_dims] */
  const char *target;           /* LLVM triple; NULL: this machine */
  const char *cpu;              /* LLVM's name; NULL: this machine's, with its features */
  const char *features;         /* "+avx2,-fma"; NULL: none further */
  const char *print_after;  /* passes after which the program is printed on stderr, "a,b" or "all";
                               NULL: none */
  const char *save_temps;   /* folder for each stage's text; NULL: none */
  plx_progress_fn progress; /* other than 0 cancels (PLX_CANCELLED); may be NULL */
  void *progress_data;
  int32_t opset; /* of models written as ONNX; 0: the model's own, or the lowest that holds it */
  /* Where kernels run: NULL or "cpu"; "cuda": `cpu` is then NULL or a list of architectures,
     "sm_80,sm_90". */
  const char *device;
  /* Bytes that a step of training may take: parameters, slots, weights, values. 0: any. */
  uint64_t memory_limit;
} plexus_options;

typedef struct plexus_model plexus_model;

/* Reads and imports a model: .onnx, or .mlir (textual plx). `options` may be NULL. Errors:
   PLX_NOT_FOUND, PLX_IO, PLX_BAD_FORMAT or PLX_INVALID_ARGUMENT (not a valid model),
   PLX_UNSUPPORTED (valid, but uses what Plexus lacks). */
plx_status plexus_model_open(const char *path, const plexus_options *options,
                             plexus_model **out_model, char **out_message);
/* The same from bytes of an ONNX model, which are copied. `name` is used in messages; `folder`:
   where external data are looked for, NULL: refused. */
plx_status plexus_model_parse(const void *bytes, uint64_t num_bytes, const char *name,
                              const char *folder, const plexus_options *options,
                              plexus_model **out_model, char **out_message);
void plexus_model_close(plexus_model *model); /* NULL is allowed */

/* Paths of the files the model's weights are in, besides the model's own. */
int32_t plexus_model_num_files(const plexus_model *model);
const char *plexus_model_file(const plexus_model *model, int32_t index); /* of the model's life */
/* Node that draws random numbers, whose generator ONNX leaves open, so that the model's outputs
   cannot be compared by value; NULL when there is none. */
const char *plexus_model_unseeded(const plexus_model *model);
/* Dims of inputs that keep their size under PLEXUS_SYMBOLIC, since they give a tensor its rank:
   each as "'axes'[0] = 2". Of the model's life. */
int32_t plexus_model_num_exempt(const plexus_model *model);
const char *plexus_model_exempt(const plexus_model *model, int32_t index);
/* The imported program as text (plexus_free). */
plx_status plexus_model_text(const plexus_model *model, char **out_text, char **out_message);

/* Called for each test; `why` is "" where it passes. */
typedef void (*plexus_test_fn)(void *test_data, const char *function, const char *why);
/* Runs the tests in a .mlir file: functions that carry inputs and expected results as attributes.
   device: as plexus_session_create has it; with "-gradient" behind it their derivatives are held
   against differences instead (compiler/autodiff/CheckGradient.h). Failing tests are no failure of
   this call; a file without tests is. */
plx_status plexus_model_check(const plexus_model *model, const char *device, plexus_test_fn report,
                              void *test_data, char **out_message);

/* An input: one of the two. */
typedef struct plexus_input_value {
  const plx_tensor *tensor;
  const plx_object *object;
} plexus_input_value;
enum plexus_gradient_verdict {
  PLEXUS_GRADIENT_RIGHT = 0,
  PLEXUS_GRADIENT_WRONG = 1,
  PLEXUS_GRADIENT_NONE = 2 /* the model has no derivative */
};
typedef struct plexus_gradient_findings {
  int32_t verdict; /* enum plexus_gradient_verdict */
  int32_t reserved;
  int64_t num_elements, num_kinks; /* looked at; of these, where slopes to both sides differ */
  double worst;                    /* error, relative to the largest entry of an input's gradient */
  char *why;                       /* of WRONG and NONE; plexus_free */
} plexus_gradient_findings;
/* Holds the model's derivatives at these inputs (one each, in order) against differences, in f64
   (compiler/autodiff/CheckModelGradient.h). device: "reference", or "cpu", which also compares
   gradients that compiled code gives. A wrong derivative is no failure of this call. */
plx_status plexus_model_check_gradient(const plexus_model *model, const char *device,
                                       const plexus_input_value *inputs, int32_t num_inputs,
                                       plexus_gradient_findings *out_findings, char **out_message);

/* ---- Training

   A model opened for training is one whose program is a step of it: forward, loss, backward,
   update. It compiles and runs as any other. Inputs: the model's own, the target, then
     "$learning_rate" (f64, rank 0), "$step" (i64, rank 0; 0, 1, ...),
   and the states. Outputs: "$loss" and "$gradient_norm" (f64, rank 0), the prediction, and the
   states as they are after the step, under the names they have as inputs: a step's are the next
   one's inputs. */

enum plexus_training_flags {
  PLEXUS_TRAIN_AS_IS =
      1, /* BatchNormalization and Dropout act as the model says; else they train */
  PLEXUS_TRAIN_KEEP_TIED = 2 /* an Identity of a weight is that weight, not one of its own */
};

/* Which program a model opened for training is. All states are inputs of all of them, but slots and
   sums, which only those have that need them; outputs are the states that change. */
enum plexus_training_part {
  PLEXUS_TRAIN_STEP = 0,
  /* A step whose rows come in parts: the gradients, times "$share" (f64, rank 0: the part's share
     of the rows), are added to the sums. "$step" counts parts. */
  PLEXUS_TRAIN_ACCUMULATE = 1,
  /* The last part: a whole step, with the sums. "$update" (i64, rank 0) counts steps. */
  PLEXUS_TRAIN_FINISH = 2,
  /* "$loss" and the prediction, by the model as plexus_training_save writes it */
  PLEXUS_TRAIN_FORWARD = 3
};

/* What is different for the parameters that a glob matches; NaN: not different. */
typedef struct plexus_training_group {
  const char *pattern;
  double rate_scale; /* times "$learning_rate" */
  double momentum, beta1, beta2, alpha, epsilon, weight_decay, l1, l2;
} plexus_training_group;

/* Zero-initialise, then set struct_bytes and what is needed. */
typedef struct plexus_training_options {
  uint32_t struct_bytes;                /* sizeof(plexus_training_options) */
  uint32_t flags;                       /* enum plexus_training_flags */
  const char *loss;                     /* cross_entropy, mse, ...; a wrong name lists them */
  const char *output;                   /* what the loss is of; NULL: the first output */
  const char *optimizer;                /* sgd, adam, ...; a wrong name lists them */
  double momentum, beta1, beta2, alpha; /* of the optimizers; 0: torch's defaults */
  double epsilon;                       /* 0: the optimizer's own */
  double weight_decay, l1, l2;
  double clip_norm, clip_value; /* 0: none */
  uint64_t seed;                /* of dropout */
  int32_t part;                 /* enum plexus_training_part */
  int32_t num_groups;
  const plexus_training_group *groups; /* [num_groups] the first that matches is a parameter's */
  int32_t num_frozen;
  const char *const *frozen; /* [num_frozen] globs (* and ?) of parameters that stay as they are */
} plexus_training_options;

enum plexus_state_kind {
  PLEXUS_STATE_PARAMETER = 0, /* trained */
  PLEXUS_STATE_SLOT = 1,      /* of the optimizer: "PARAMETER.SLOT", starts at 0 */
  PLEXUS_STATE_STATISTIC = 2, /* renewed by the forward pass: running means and variances */
  PLEXUS_STATE_SUM = 3        /* of a step's gradients: "PARAMETER.sum", 0 before the first part */
};

typedef struct plexus_state {
  const char *name; /* as all here of the model's life */
  int32_t kind;     /* enum plexus_state_kind */
  int32_t element_type;
  int32_t rank;
  int32_t reserved;
  const int64_t *dims; /* [rank] */
  const void *initial; /* row-major; NULL: zeros */
  uint64_t bytes;
} plexus_state;

/* plexus_model_open for training; .onnx alone. PLX_INVALID_ARGUMENT also where the options do not
   fit the model, or an operation on the way from the loss to a parameter has no derivative (named).
 */
plx_status plexus_model_open_training(const char *path, const plexus_options *options,
                                      const plexus_training_options *training,
                                      plexus_model **out_model, char **out_message);
/* Names of the input that holds the target, and of the output the loss is of. */
const char *plexus_training_target(const plexus_model *model);
const char *plexus_training_prediction(const plexus_model *model);
/* 0 and no states for a model that was not opened for training. */
int32_t plexus_training_num_states(const plexus_model *model);
/* In the order in which they are inputs and outputs. */
plx_status plexus_training_state(const plexus_model *model, int32_t index, plexus_state *out_state);
/* What the user should be told: a line each. */
int32_t plexus_training_num_notes(const plexus_model *model);
const char *plexus_training_note(const plexus_model *model, int32_t index);

/* New elements of a weight, row-major. */
typedef struct plexus_weight {
  const char *name;
  const void *data;
  uint64_t bytes;
} plexus_weight;
/* Writes the model at `model_path`, which was opened for training once, with new elements for these
   of its parameters and statistics, BatchNormalization and Dropout set to inference. */
plx_status plexus_training_save(const char *model_path, int32_t num_weights,
                                const plexus_weight *weights, const char *path, char **out_message);

/* ---- Architectures */

/* A network to be trained from nothing. All text is of the process's life. */
typedef struct plexus_architecture {
  const char *name, *description;
} plexus_architecture;
/* Sorted by name. */
const plexus_architecture *plexus_architectures(int32_t *out_count);
/* Writes one as ONNX with initial weights, which the seed decides. PLX_NOT_FOUND lists what there
   is. The file appears whole or not at all. */
plx_status plexus_architecture_write(const char *name, uint64_t seed, const char *path,
                                     char **out_message);

/* ---- Gradients */

/* plexus_model_open (.onnx alone) of the model's gradient graph: after the model's outputs it has
   "grad.NAME" for each of `names`, inputs and float initializers (num_names 0: every initializer
   that is a weight): the derivative of the sum of the elements of `output` (NULL: the first).
   with_cotangent: the weights of that sum are an input, "ct.OUTPUT". */
plx_status plexus_model_open_gradient(const char *path, const plexus_options *options,
                                      const char *output, int32_t num_names,
                                      const char *const *names, int32_t with_cotangent,
                                      plexus_model **out_model, char **out_message);

/* ---- Ahead of time */

enum plexus_emit {
  PLEXUS_EMIT_LIBRARY = 0, /* shared library with PATH's C header beside it */
  PLEXUS_EMIT_EXECUTABLE = 1,
  PLEXUS_EMIT_OBJECT = 2, /* relocatable, with its C header */
  PLEXUS_EMIT_MLIR = 3,   /* text of the program before code generation */
  PLEXUS_EMIT_LLVM = 4,
  PLEXUS_EMIT_ASM = 5,
  PLEXUS_EMIT_ONNX = 6, /* the imported program as ONNX; large weights in PATH.weights */
  /* Kernels of a model opened for device "cuda": PATH is a folder that takes a file a kernel (a
     cubin for each of several architectures) and index.json, which says what a launch and a reader
     have to know. */
  PLEXUS_EMIT_CUDA = 7, /* sources */
  PLEXUS_EMIT_PTX = 8,
  PLEXUS_EMIT_CUBIN = 9
};
enum plexus_emit_flags {
  PLEXUS_SHARED_RUNTIME =
      1, /* libraries and executables need libplexus_rt.so instead of carrying the runtime */
  PLEXUS_NO_HEADER = 2
};
/* Writes the model compiled. Files appear whole or not at all. */
plx_status plexus_model_write(const plexus_model *model, int32_t emit, uint32_t emit_flags,
                              const char *path, char **out_message);

/* ---- In this process */

typedef struct plexus_session plexus_session;

/* Compiles the model and loads it. device: "cpu"; "cuda" and "cuda-emulated", which the model must
   have been opened for (plexus_options.device); or "reference", the language's own evaluator:
   slow, defines what is right; it runs one context at a time. The model may be closed afterwards.
 */
plx_status plexus_session_create(const plexus_model *model, const char *device,
                                 plexus_session **out_session, char **out_message);
/* Owned by the session. */
plx_program *plexus_session_program(const plexus_session *session);
/* All contexts of its program must have been destroyed. NULL is allowed. */
void plexus_session_destroy(plexus_session *session);

#ifdef __cplusplus
}
#endif
#endif /* PLEXUS_H */
