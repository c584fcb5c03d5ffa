/* npy.h: .npy files of f32 in C order, version 1: as much as the demo's programs need.
   Little-endian machines. A program that links libplexus_rt has plx_array_read and plx_write_npy,
   which read all. */
#ifndef PLEXUS_DEMO_NPY_H
#define PLEXUS_DEMO_NPY_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All elements, and their number in *out_count; the caller frees them. NULL after a message on
 * stderr. */
static inline float *npy_read(const char *path, int64_t *out_count) {
  FILE *file = fopen(path, "rb");
  unsigned char start[10];
  char header[65536];
  float *data = NULL;
  long begin, end;
  if (!file) return fprintf(stderr, "%s: cannot be opened\n", path), NULL;
  if (fread(start, 1, 10, file) != 10 || memcmp(start, "\x93NUMPY\x01", 7)) goto bad;
  size_t header_bytes = start[8] | (size_t)start[9] << 8;
  if (fread(header, 1, header_bytes, file) != header_bytes) goto bad;
  header[header_bytes < sizeof header ? header_bytes : sizeof header - 1] = 0;
  if (!strstr(header, "'<f4'") || strstr(header, "True")) goto bad;
  begin = ftell(file);
  if (fseek(file, 0, SEEK_END) || (end = ftell(file)) < begin || fseek(file, begin, SEEK_SET))
    goto bad;
  *out_count = (end - begin) / (int64_t)sizeof(float);
  data = malloc((size_t)(end - begin) + 1);
  if (data && fread(data, 1, (size_t)(end - begin), file) == (size_t)(end - begin)) {
    fclose(file);
    return data;
  }
bad:
  fprintf(stderr, "%s: not a .npy file of f32 in C order\n", path);
  free(data);
  fclose(file);
  return NULL;
}

/* f32 [rows, columns]. 0, or 1 after a message on stderr. */
static inline int npy_write(const char *path, const float *data, int64_t rows, int64_t columns) {
  char header[119]; /* ends at byte 128 of the file, as numpy aligns it */
  FILE *file = fopen(path, "wb");
  int length = snprintf(header, sizeof header,
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (%lld, %lld), }",
                        (long long)rows, (long long)columns);
  memset(header + length, ' ', 117 - (size_t)length);
  header[117] = '\n';
  size_t count = (size_t)(rows * columns);
  int done = file && fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file) == 10 &&
             fwrite(header, 1, 118, file) == 118 &&
             fwrite(data, sizeof *data, count, file) == count;
  if (file && fclose(file)) done = 0;
  if (!done) fprintf(stderr, "%s: cannot be written\n", path);
  return !done;
}

#endif
