/* A compiled model inside a C program: answers for a file of digits, all at once and one by one.

     plexus compile digits.onnx -o digits.so                 writes digits.h, too
     gcc -O2 -I FOLDER_OF_DIGITS_H digits.c digits.so -Wl,-rpath,FOLDER -o app
     ./app PIXELS.npy PROBABILITIES.npy */
#include "digits.h"

#include <time.h>

#include "npy.h"

enum { PIXELS = 64, CLASSES = 10, FLOAT = 1, PASSES = 50 };

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Answers `rows` digits; *out_probabilities [rows, CLASSES] is the model's, valid until its next
 * run. */
static int answer(digits *model, float *pixels, int64_t rows, const float **out_probabilities) {
  char message[1024];
  int64_t dims[2] = {rows, PIXELS};
  digits_tensor in[digits_num_inputs], out[digits_num_outputs];
  in[digits_input_pixels] = (digits_tensor){pixels, dims, 2, FLOAT};
  if (digits_run(model, in, out, message, sizeof message))
    return fprintf(stderr, "%s\n", message), 1;
  *out_probabilities = out[digits_output_probabilities].data;
  return 0;
}

/* Prints the time of a call with one digit, over PASSES passes through all. */
static int time_one_by_one(digits *model, float *pixels, int64_t rows) {
  const float *probabilities;
  double *us = malloc((size_t)(rows * PASSES) * sizeof *us);
  if (!us) return 1;
  for (int64_t k = 0; k < rows * PASSES; ++k) {
    double start = now_us();
    if (answer(model, pixels + k % rows * PIXELS, 1, &probabilities)) return free(us), 1;
    us[k] = now_us() - start;
  }
  qsort(us, (size_t)(rows * PASSES), sizeof *us, ascending);
  printf("one digit a call: min %.2f us, median %.2f us, of %lld calls\n", us[0],
         us[rows * PASSES / 2], (long long)(rows * PASSES));
  free(us);
  return 0;
}

int main(int argc, char **argv) {
  char message[1024];
  const float *probabilities;
  int64_t count;
  if (argc != 3) return fprintf(stderr, "usage: %s PIXELS.npy PROBABILITIES.npy\n", argv[0]), 2;
  float *pixels = npy_read(argv[1], &count);
  if (!pixels) return 1;
  double start = now_us();
  digits *model = digits_create(1, message, sizeof message);
  if (!model) return fprintf(stderr, "%s\n", message), free(pixels), 1;
  double created = now_us();
  int64_t rows = count / PIXELS;
  int failed = answer(model, pixels, rows, &probabilities);
  double answered = now_us();
  if (!failed) {
    printf("created in %.0f us, %lld digits in one call in %.0f us\n", created - start,
           (long long)rows, answered - created);
    failed =
        npy_write(argv[2], probabilities, rows, CLASSES) || time_one_by_one(model, pixels, rows);
  }
  digits_destroy(model);
  free(pixels);
  return failed;
}
