/* Voice activity in a recording: a model with state, driven from C. What it returns as `stateN`
   goes in as `state` of the next chunk.

     plexus compile silero_vad/model.onnx -o voice.so        writes voice.h, too
     gcc -O2 -I FOLDER_OF_VOICE_H voice.c voice.so -Wl,-rpath,FOLDER -o app
     ./app SPEECH.npy                                        f32 [samples] at 16 kHz, -1 to 1 */
#include "voice.h"

#include <time.h>

#include "npy.h"

/* Sizes of silero-vad at 16 kHz (its README): a chunk, preceded by the last samples of the one
 * before. */
enum { RATE = 16000, CHUNK = 512, CONTEXT = 64, STATE = 2 * 1 * 128, FLOAT = 1, INT64 = 7 };
enum { LINE = 625 };      /* chunks in a line of the picture: 20 s */
enum { MARK = 8 };        /* chunks a character stands for: 0.256 s */
enum { MIN_SILENCE = 6 }; /* chunks: shorter silences (0.2 s) do not end a segment */
static const float SPEECH = 0.5f;

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static double seconds_of(int64_t chunks) { return (double)(chunks * CHUNK) / RATE; }

/* probabilities [chunks] of speech. 0, or 1 after a message on stderr. */
static int listen(voice *model, const float *samples, int64_t chunks, float *probabilities) {
  char message[1024];
  float window[CONTEXT + CHUNK] = {0}, state[STATE] = {0};
  int64_t rate = RATE, window_dims[2] = {1, CONTEXT + CHUNK}, state_dims[3] = {2, 1, 128};
  voice_tensor in[voice_num_inputs], out[voice_num_outputs];
  in[voice_input_input] = (voice_tensor){window, window_dims, 2, FLOAT};
  in[voice_input_state] = (voice_tensor){state, state_dims, 3, FLOAT};
  in[voice_input_sr] = (voice_tensor){&rate, NULL, 0, INT64};
  for (int64_t k = 0; k < chunks; ++k) {
    memcpy(window, window + CHUNK, CONTEXT * sizeof *window);
    memcpy(window + CONTEXT, samples + k * CHUNK, CHUNK * sizeof *window);
    if (voice_run(model, in, out, message, sizeof message))
      return fprintf(stderr, "%s\n", message), 1;
    probabilities[k] = *(const float *)out[voice_output_output].data;
    memcpy(state, out[voice_output_stateN].data,
           sizeof state); /* the view dies with the next run */
  }
  return 0;
}

/* A line for 20 s: '#' where most chunks are speech, '-' where some are, '.' where none is. */
static void print_line(const float *probabilities, int64_t chunks) {
  for (int64_t start = 0; start < chunks; start += LINE) {
    printf("%5.1f s  ", seconds_of(start));
    int64_t end = start + LINE < chunks ? start + LINE : chunks;
    for (int64_t k = start; k < end; k += MARK) {
      int spoken = 0, of = 0;
      for (; of < MARK && k + of < end; ++of) spoken += probabilities[k + of] > SPEECH;
      putchar(2 * spoken > of ? '#' : spoken ? '-' : '.');
    }
    putchar('\n');
  }
}

static void print_segments(const float *probabilities, int64_t chunks) {
  int64_t begin = -1, last = 0, segments = 0, spoken = 0;
  for (int64_t k = 0; k <= chunks; ++k) {
    int speech = k < chunks && probabilities[k] > SPEECH;
    spoken += speech;
    if (begin >= 0 && !speech && (k == chunks || k - last > MIN_SILENCE)) {
      printf("%s%.2f-%.2f", segments ? "  " : "", seconds_of(begin), seconds_of(last + 1));
      if (++segments % 8 == 0) putchar('\n');
      begin = -1;
    }
    if (speech) last = k;
    if (speech && begin < 0) begin = k;
  }
  printf("\n%lld segments; speech in %.2f s of %.2f s\n", (long long)segments, seconds_of(spoken),
         seconds_of(chunks));
}

int main(int argc, char **argv) {
  char message[1024];
  int64_t count;
  if (argc != 2) return fprintf(stderr, "usage: %s SPEECH.npy\n", argv[0]), 2;
  float *samples = npy_read(argv[1], &count);
  if (!samples) return 1;
  int64_t chunks = count / CHUNK;
  float *probabilities = malloc((size_t)(chunks + 1) * sizeof *probabilities);
  voice *model = probabilities ? voice_create(1, message, sizeof message) : NULL;
  int failed = !model;
  if (failed) {
    fprintf(stderr, "%s\n", probabilities ? message : "no memory");
  } else {
    double start = now_us();
    failed = listen(model, samples, chunks, probabilities);
    double us = now_us() - start;
    if (!failed) {
      print_line(probabilities, chunks);
      print_segments(probabilities, chunks);
      printf("%.0f us a chunk of %.0f ms, one thread: %.0f times faster than speech\n",
             us / (double)chunks, 1e3 * seconds_of(1), seconds_of(chunks) * 1e6 / us);
    }
    voice_destroy(model);
  }
  free(probabilities);
  free(samples);
  return failed;
}
