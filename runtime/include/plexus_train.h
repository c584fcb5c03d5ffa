// plexus_train.h: train a model in a C program, without a compiler. The public C ABI of
// libplexus_train; needs libplexus_rt.
//
//   plexus train model.onnx --target y --loss cross_entropy --optimizer adamw --emit-step step.so
//
// writes a step of training, compiled, and step.so.training, what is known of it. Then
//
//   plx_error error;
//   plx_trainer *trainer;
//   plx_trainer_options options = {sizeof options};
//   options.steps = 1000;
//   options.rate = 1e-3;
//   if (plx_trainer_open("./step.so", &options, &trainer, &error) ||
//       plx_trainer_set_data(trainer, "x", &images, &error) ||
//       plx_trainer_set_data(trainer, "y", &labels, &error)) {
//     return report(error.message);
//   }
//   for (plx_trainer_figures figures = {0}; figures.steps < options.steps;) {
//     if (plx_trainer_step(trainer, &figures, &error)) return report(error.message);
//     printf("%g\n", figures.loss);
//   }
//   plx_trainer_close(trainer);
//
// Losses and weights have the bits that `plexus train` gives with the same data and options.
//
// Errors are those of plexus_rt.h. A plx_trainer is used by one thread at a time.
#ifndef PLEXUS_TRAIN_H
#define PLEXUS_TRAIN_H

#include "plexus_rt.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct plx_trainer plx_trainer;

// Zero-initialise, then set struct_bytes and what is needed. Text is read during the call alone.
typedef struct plx_trainer_options {
  uint32_t struct_bytes;  // sizeof(plx_trainer_options)
  int32_t threads;        // 0: the CPUs there are
  int32_t device;         // of a step for a device: its number, from 0
  int32_t keeps_order;    // 1: rows are taken in their order; 0: shuffled in each epoch
  uint64_t seed;          // of the order
  int64_t batch;          // rows of a step; 0: the model's, or 32
  // The learning rate of each step. `schedule`: NULL or "constant", "step", "exponential",
  // "cosine", "linear"; all but the first are over `steps` steps, of which the first `warmup` rise.
  const char *schedule;
  double rate;  // 0: 0.01
  int64_t steps, warmup;
  int64_t schedule_every;    // of step and exponential; 0: a third of the steps
  double schedule_factor;    // of step and exponential; 0: 0.1
  const char *checkpoints;   // folder; NULL: there are none
  int32_t checkpoints_kept;  // 0: 3
  int32_t reserved;
} plx_trainer_options;

// Loads a step and what lies beside it. The first step is that of the model's own weights. Errors:
// those of plx_program_open; PLX_BAD_FORMAT and PLX_NOT_FOUND also of STEP.so.training.
plx_status plx_trainer_open(const char *step_path, const plx_trainer_options *options,
                            plx_trainer **out_trainer, plx_error *out_error);
void plx_trainer_close(plx_trainer *trainer);  // NULL is allowed

// What a step takes: the model's inputs and the target. Dim 0 counts rows. Of the trainer's life;
// NULL where there is none of that number.
int32_t plx_trainer_num_inputs(const plx_trainer *trainer);
const plx_value *plx_trainer_input(const plx_trainer *trainer, int32_t index);
// The name of the input that holds the target.
const char *plx_trainer_target(const plx_trainer *trainer);

// The data of an input: [rows, ...], copied and converted to the input's type, which must hold
// every element. All inputs have the same number of rows. PLX_INVALID_ARGUMENT, PLX_NOT_FOUND.
plx_status plx_trainer_set_data(plx_trainer *trainer, const char *input, const plx_tensor *rows,
                                plx_error *out_error);

typedef struct plx_trainer_figures {
  int64_t steps;         // done so far
  int64_t epoch;         // of this step, from 0
  double loss;           // before the update, of this step's rows
  double gradient_norm;  // before clipping
  double learning_rate;
} plx_trainer_figures;
// The next step: takes its rows of the data, and updates the weights. Which rows they are, the rate
// and random numbers depend on the step's number alone. PLX_INVALID_ARGUMENT where an input has no
// data; PLX_FAULT as of a run, which leaves weights of no use.
plx_status plx_trainer_step(plx_trainer *trainer, plx_trainer_figures *out_figures,
                            plx_error *out_error);
// What the model gave for the rows of the last step; valid until the next.
plx_status plx_trainer_prediction(const plx_trainer *trainer, plx_tensor *out_tensor,
                                  plx_error *out_error);

enum plx_trainer_state_kind {
  PLX_TRAINER_PARAMETER = 0,
  PLX_TRAINER_SLOT = 1,      // of the optimizer
  PLX_TRAINER_STATISTIC = 2  // running means and variances
};
typedef struct plx_trainer_state {
  const char *name;  // of the trainer's life
  int32_t kind;      // enum plx_trainer_state_kind
  int32_t reserved;
  plx_tensor tensor;  // as the last step left it; read it before the next
} plx_trainer_state;
int32_t plx_trainer_num_states(const plx_trainer *trainer);
// plexus_training_save (plexus.h) makes a model of parameters and statistics. PLX_NOT_FOUND.
plx_status plx_trainer_get_state(const plx_trainer *trainer, int32_t index,
                                 plx_trainer_state *out_state, plx_error *out_error);
// Copies other elements into a state. PLX_NOT_FOUND, PLX_MISMATCH.
plx_status plx_trainer_set_state(plx_trainer *trainer, const char *name, const plx_tensor *tensor,
                                 plx_error *out_error);

// Writes the states and the number of steps done, atomically: a .safetensors in the folder of
// checkpoints. PLX_IO; PLX_INVALID_ARGUMENT where there is no folder.
plx_status plx_trainer_checkpoint(plx_trainer *trainer, plx_error *out_error);
// Goes on from the newest sound checkpoint: the steps after it have the bits they would have had.
// *out_steps: done by then; 0 where there is none. PLX_MISMATCH: they are of another step or
// options, but for `threads`, `device` and `checkpoints_kept`.
plx_status plx_trainer_resume(plx_trainer *trainer, int64_t *out_steps, plx_error *out_error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif  // PLEXUS_TRAIN_H
