/* Trains by a compiled step:

     train_step STEP.so INPUT=FILE.npy INPUT=FILE.npy STEPS STOP LOG.csv WEIGHTS [CHECKPOINTS]

   The log is that of `plexus train --log` with --lr 1e-2 --schedule cosine --batch 32. It stops
   after STOP steps. WEIGHTS gets the parameters' bytes, one after the other. With CHECKPOINTS the
   run goes on from the last; one is written every ten steps. */
#include <plexus_train.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plx_error error;

static int failed(const char *where) {
  fprintf(stderr, "%s: %s: %s\n", where, plx_status_name(error.status), error.message);
  return 1;
}

static int give(plx_trainer *trainer, char *argument) {
  plx_array *array;
  char *file = strchr(argument, '=');
  *file++ = 0;
  if (plx_array_read(file, &array, &error)) return failed(file);
  plx_tensor rows = plx_array_view(array);
  int wrong = plx_trainer_set_data(trainer, argument, &rows, &error);
  plx_array_destroy(array);
  return wrong ? failed(argument) : 0;
}

static int write_weights(const plx_trainer *trainer, const char *path) {
  FILE *file = fopen(path, "wb");
  for (int32_t i = 0; i < plx_trainer_num_states(trainer); ++i) {
    plx_trainer_state state;
    if (plx_trainer_get_state(trainer, i, &state, &error)) return fclose(file), failed("state");
    if (state.kind == PLX_TRAINER_PARAMETER)
      fwrite(state.tensor.data, 1, (size_t)plx_tensor_bytes(&state.tensor), file);
  }
  return fclose(file);
}

static int train(plx_trainer *trainer, const char *log, int64_t stop, int64_t every) {
  plx_trainer_figures figures = {0};
  if (every && plx_trainer_resume(trainer, &figures.steps, &error)) return failed("resume");
  printf("from step %lld\n", (long long)figures.steps);
  FILE *file = fopen(log, "w");
  fprintf(file, "step,loss,learning_rate,gradient_norm\n");
  while (figures.steps < stop) {
    if (plx_trainer_step(trainer, &figures, &error)) return fclose(file), failed("step");
    fprintf(file, "%lld,%.17g,%.17g,%.17g\n", (long long)figures.steps - 1, figures.loss,
            figures.learning_rate, figures.gradient_norm);
    if (every && figures.steps % every == 0 && plx_trainer_checkpoint(trainer, &error))
      return fclose(file), failed("checkpoint");
  }
  return fclose(file);
}

int main(int argc, char **argv) {
  if (argc < 8) return 2;
  plx_trainer_options options = {.struct_bytes = sizeof options, .batch = 32, .rate = 1e-2};
  options.schedule = "cosine";
  options.steps = atoll(argv[4]);
  options.checkpoints = argc > 8 ? argv[8] : NULL;
  plx_trainer *trainer;
  if (plx_trainer_open(argv[1], &options, &trainer, &error)) return failed("open");
  int wrong = give(trainer, argv[2]) || give(trainer, argv[3]) ||
              train(trainer, argv[6], atoll(argv[5]), options.checkpoints ? 10 : 0) ||
              write_weights(trainer, argv[7]);
  plx_trainer_close(trainer);
  return wrong;
}
