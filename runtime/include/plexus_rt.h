// plexus_rt.h: load and run compiled models. The public C ABI of libplexus_rt.
//
//   plx_error error;
//   plx_program* program;
//   plx_context* context;
//   if (plx_program_open("./model.so", NULL, &program, &error) ||
//       plx_context_create(program, NULL, &context, &error)) {
//     return report(error.message);
//   }
//   int64_t dims[2] = {1, 784};
//   plx_tensor image = {pixels, dims, 2, PLX_F32};
//   plx_tensor scores;
//   if (plx_context_set_input(context, "image", &image, &error) ||
//       plx_context_run(context, &error) ||
//       plx_context_output(context, 0, &scores, &error)) {
//     return report(error.message);
//   }
//   use(scores.data, scores.dims);
//   plx_context_destroy(context);
//   plx_program_release(program);
//
// Errors. Functions that can fail return a plx_status (0 = done) and describe it in `*out_error`,
// which the caller owns and which may be NULL. On failure out-parameters are left as they were,
// unless said otherwise. Nothing throws, aborts or prints. There is no per-thread or global error
// state.
//
// Threads. A plx_program may be used by any number of threads at once. A plx_context (and a
// plx_array) by one at a time; plx_cancel alone may be called from any thread. N threads run N
// contexts of one program independently.
//
// Memory. After a first run with the same or larger shapes, plx_context_run allocates no memory and
// takes no lock.
#ifndef PLEXUS_RT_H
#define PLEXUS_RT_H

#include "plexus_abi.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define PLX_RT_VERSION "0.1.0"

// ---- Status

typedef enum plx_status {
  PLX_OK = 0,
  PLX_INVALID_ARGUMENT = 1,  // a call that is wrong by itself: NULL, an index out of range
  PLX_NOT_FOUND = 2,         // a file, name or symbol that is not there
  PLX_OUT_OF_MEMORY = 3,
  PLX_IO = 4,           // the operating system refused
  PLX_BAD_FORMAT = 5,   // bytes that are no valid file or module
  PLX_UNSUPPORTED = 6,  // valid, but not for this runtime or machine
  PLX_MISMATCH = 7,     // a tensor's name, type, rank or dims do not fit the model
  PLX_CANCELLED = 8,
  PLX_FAULT =
      9,  // the model failed at run time: index out of range, ...; the message names the node
  PLX_INTERNAL = 10
} plx_status;

#define PLX_ERROR_BYTES 1024

// What went wrong: what, where, expected, found. Owned by the caller; cut at the end where too
// long.
typedef struct plx_error {
  int32_t status;  // enum plx_status
  int32_t reserved;
  char message[PLX_ERROR_BYTES];  // terminated, no newline at the end; "" when status is PLX_OK
} plx_error;

// "ok", "invalid argument", ...: a constant; "unknown status" for other numbers.
const char *plx_status_name(int32_t status);

// Version of the runtime that is linked: "0.1.0".
const char *plx_version(void);

// ---- Programs

typedef struct plx_program plx_program;
typedef struct plx_context plx_context;

// A function of the host that models call: custom operators, and those that need libraries. Reads
// args[0, num_args), writes results[0, num_results), each of which it asks for by plx_host_result
// (a result whose data is not NULL has its place already). An argument that is a sequence or an
// optional has element type PLX_OBJECT and the plx_object as data; a result of that kind is given
// by plx_host_object. Runs on the thread that called plx_context_run; may be called by several
// contexts at once. Returns 0, or another number after it wrote why by plx_host_error; the run then
// fails with PLX_FAULT. It keeps no pointer beyond the call.
typedef struct plx_host_frame plx_host_frame;
typedef int32_t (*plx_host_fn)(void *function_data, plx_host_frame *frame, const plx_tensor *args,
                               int32_t num_args, plx_tensor *results, int32_t num_results);

typedef struct plx_host_function {
  const char *name;  // as in plx_import: "my.domain:MyOp"
  plx_host_fn function;
  void *function_data;
} plx_host_function;

// Gives *result (data, dims, rank, type) memory for these dims, aligned to 64 bytes, zeroed, valid
// until the function returns. A result that has its place must be of this type and these dims, else
// PLX_MISMATCH. Where it fails, plx_host_error has been called. Only within a host function.
plx_status plx_host_result(plx_host_frame *frame, plx_tensor *result, int32_t element_type,
                           int32_t rank, const int64_t *dims);
// Makes an object the result; takes over the caller's hold on it.
void plx_host_object(plx_host_frame *frame, plx_tensor *result, plx_object *object);
// Memory until the function returns, for the bytes of strings and whatever else; NULL when there is
// none.
void *plx_host_bytes(plx_host_frame *frame, int64_t bytes);
// Says why the function fails; a copy is kept.
void plx_host_error(plx_host_frame *frame, const char *message);
// The attributes text of the import, or NULL; user_data of the context.
const char *plx_host_attributes(const plx_host_frame *frame);
void *plx_host_user_data(const plx_host_frame *frame);

// An attribute's entries (a number or string counts as a list of one), the first `capacity` of them
// into out_*, which may be NULL. Return how many there are, -1 where there is no attribute of that
// name and kind. Strings live until the function returns.
int64_t plx_host_ints(plx_host_frame *frame, const char *name, int64_t *out_ints, int64_t capacity);
int64_t plx_host_floats(plx_host_frame *frame, const char *name, double *out_floats,
                        int64_t capacity);
int64_t plx_host_strings(plx_host_frame *frame, const char *name, plx_string *out_strings,
                         int64_t capacity);

// Registers a function for every program loaded later in this process. `name` is copied; a name
// that is registered already is replaced (programs that are loaded keep what they found). Any
// thread. At most 4096 names.
plx_status plx_register_host_function(const char *name, plx_host_fn function, void *function_data,
                                      plx_error *out_error);

// 1 where a program that needs this function would find it now, else 0.
int32_t plx_has_host_function(const char *name);

// Registers all functions of a shared library, which stays open: its function `plx_host_library`
// (const plx_host_function *plx_host_library(int32_t *out_count)) gives them. Loading a library
// runs its code. PLX_NOT_FOUND, PLX_BAD_FORMAT.
plx_status plx_open_host_functions(const char *path, plx_error *out_error);

// Calls a function of that table, or one of the runtime ("plx:...") or of libplexus_host
// ("host:..."), outside of any program. Results come as objects that the caller releases.
plx_status plx_call_host_function(const char *name, const char *attributes, const plx_tensor *args,
                                  int32_t num_args, plx_object **out_results, int32_t num_results,
                                  plx_error *out_error);

// Called now and then while something takes long; returning other than 0 cancels it
// (PLX_CANCELLED).
typedef int32_t (*plx_progress_fn)(void *progress_data, const char *stage, uint64_t done,
                                   uint64_t total);

enum plx_load_flags {
  PLX_LOAD_TRUST_WEIGHTS = 1  // do not hash an external weights file (its size is still checked)
};

// Zero-initialise, then set struct_bytes and what is needed.
typedef struct plx_load_options {
  uint32_t struct_bytes;          // sizeof(plx_load_options)
  uint32_t flags;                 // enum plx_load_flags
  const char *descriptor_symbol;  // plx_program_open: NULL = PLX_MODULE_SYMBOL
  const char *weights_path;  // external weights; NULL: weights_file beside the library (or in the
                             // current folder for plx_program_create)
  const plx_host_function
      *host_functions;  // looked up before the registered ones; only during the call
  int32_t num_host_functions;
  int32_t reserved;
  plx_progress_fn progress;  // may be NULL
  void *progress_data;
} plx_load_options;

// A program from a descriptor in memory (linked in, or made by a JIT). The descriptor and its code
// must outlive the program. Checks magic and version, every table, name, count, size and offset,
// the CPU's features, host functions; maps an external weights file read-only and shared, and
// checks its size and hash. `options` may be NULL. Errors: PLX_BAD_FORMAT, PLX_UNSUPPORTED,
// PLX_NOT_FOUND (weights file, host functions: all missing names), PLX_IO, PLX_OUT_OF_MEMORY,
// PLX_CANCELLED. The caller owns *out_program (plx_program_release).
plx_status plx_program_create(const plx_module *module, const plx_load_options *options,
                              plx_program **out_program, plx_error *out_error);

// The same from a shared library, opened by dlopen (RTLD_NOW | RTLD_LOCAL) and closed when the
// program dies. A library is code: loading one that is hostile runs it. A path without '/' is a
// file of the current folder.
plx_status plx_program_open(const char *path, const plx_load_options *options,
                            plx_program **out_program, plx_error *out_error);

// Drops the caller's hold; the program dies when its last context does. NULL is allowed.
void plx_program_release(plx_program *program);

// The descriptor: inputs, outputs, parameters, kernels, symbols by its tables. Lives as long as the
// program.
const plx_module *plx_program_module(const plx_program *program);

// Index of an input or output by name, -1 when there is none.
int32_t plx_program_find_input(const plx_program *program, const char *name);
int32_t plx_program_find_output(const plx_program *program, const char *name);

// The bytes of a parameter, read-only, of the program's life.
plx_status plx_program_parameter(const plx_program *program, int32_t index, plx_tensor *out_tensor,
                                 plx_error *out_error);

// ---- Contexts

// One part of a launch: call it with each part in [0, parts), once each, on any threads, and return
// when all are done.
typedef void (*plx_task_fn)(void *task, int32_t part);
typedef void (*plx_parallel_fn)(void *pool_data, int32_t parts, plx_task_fn function, void *task);

// Zero-initialise, then set struct_bytes and what is needed.
typedef struct plx_context_options {
  uint32_t struct_bytes;  // sizeof(plx_context_options)
  int32_t threads;  // 0: the number of CPUs this process may run on; at most 1024. Results do not
                    // depend on it
  plx_parallel_fn parallel;  // the caller's own pool instead of ours: called once a parallel launch
  void *pool_data;
  uint64_t seed;         // of random nodes that state none
  int32_t trace;         // 0 off; 1: per-kernel totals and events
  int32_t trace_events;  // events kept (the newest); 0: 65536. 32 bytes each
  void *user_data;       // for host functions
  int32_t device;        // of programs with device code: its number, from 0
  int32_t reserved;
} plx_context_options;

// Creates a context: its buffers, and threads - 1 parked threads of its own unless `parallel` is
// given. The first context of a program computes the packed parameters, on its threads; others wait
// for that. The context keeps the program alive. `options` may be NULL. Errors:
// PLX_INVALID_ARGUMENT, PLX_OUT_OF_MEMORY, PLX_FAULT (packing); of programs with device code also
// PLX_NOT_FOUND (driver, device, plugin), PLX_UNSUPPORTED (driver too old, no code for the device).
plx_status plx_context_create(plx_program *program, const plx_context_options *options,
                              plx_context **out_context, plx_error *out_error);
// NULL is allowed. Not during a run.
void plx_context_destroy(plx_context *context);

// Sets an input. The tensor's dims are copied, its data are borrowed: they stay the caller's, are
// only read, and must stay valid and unchanged through the runs that use them. Checks name, type,
// rank, constant dims and that no dim is negative (PLX_MISMATCH, PLX_NOT_FOUND: the message lists
// the inputs there are). Symbols are checked by the run.
plx_status plx_context_set_input(plx_context *context, const char *name, const plx_tensor *tensor,
                                 plx_error *out_error);
plx_status plx_context_set_input_at(plx_context *context, int32_t index, const plx_tensor *tensor,
                                    plx_error *out_error);

// Gives memory for an output, `bytes` bytes, borrowed until replaced or the context dies. Runs
// write there when the output fits, else into the context's own memory: plx_context_output says
// where. data NULL unbinds. It must not overlap another output's, nor an input, except that it may
// be the memory of the input that the output's descriptor says is donated to it, which a run then
// updates in place (and which holds anything after one that failed); a run refuses that.
plx_status plx_context_bind_output(plx_context *context, int32_t index, void *data, uint64_t bytes,
                                   plx_error *out_error);

// Carries output `index` over to the input that is donated to it: both are the memory that the
// input is set to, now and later; each run updates it, for the next. On a device the elements stay
// where they are: the first run after the input was set uploads them, and plx_context_fetch brings
// them back. plx_context_bind_output ends it. PLX_INVALID_ARGUMENT where no input is donated to it.
plx_status plx_context_carry(plx_context *context, int32_t index, plx_error *out_error);
// Brings what carried outputs hold on a device to the memory of their inputs. Does nothing where it
// is there already, as it is after each run on the CPU. Not during a run.
plx_status plx_context_fetch(plx_context *context, plx_error *out_error);
// Runs the program once, on the calling thread and the pool. Errors: PLX_INVALID_ARGUMENT (an input
// is missing: all of them named; outputs that overlap inputs), PLX_MISMATCH (inputs disagree about
// a symbol: both named), PLX_FAULT (the node is named), PLX_OUT_OF_MEMORY, PLX_CANCELLED. A failed
// run leaves the context usable.
plx_status plx_context_run(plx_context *context, plx_error *out_error);

// Sets an input that is a sequence or an optional (or a tensor) to an object, which the context
// holds from then on. PLX_MISMATCH where its kind is another; what is in it is checked by the run.
plx_status plx_context_set_input_object(plx_context *context, int32_t index, plx_object *object,
                                        plx_error *out_error);

// An output that is a sequence or an optional, of the last run. The context holds it until the next
// run, plx_trim or destroy; whoever wants it longer holds it too.
plx_status plx_context_output_object(plx_context *context, int32_t index, plx_object **out_object,
                                     plx_error *out_error);

// View of an output of the last run; valid until the next run, plx_trim or destroy. Elements of one
// that is carried on a device are those of the last plx_context_fetch.
plx_status plx_context_output(plx_context *context, int32_t index, plx_tensor *out_tensor,
                              plx_error *out_error);

// Asks the run in progress to stop (it ends with PLX_CANCELLED soon), from any thread. When none is
// in progress, the next one stops at once. Either way the request is used up.
void plx_cancel(plx_context *context);

// Gives back the memory of the arena, scratch, states, outputs and host results: contents are lost,
// states' too, and what is carried on a device and was not fetched. Not during a run.
void plx_trim(plx_context *context);

// All in bytes. heap_allocations counts the allocations (heap or mapping) this context has made so
// far; in warm runs it does not change.
typedef struct plx_memory {
  uint64_t arena_bytes;       // committed now
  uint64_t arena_peak_bytes;  // largest since the context was created
  uint64_t scratch_bytes;     // all threads
  uint64_t state_bytes;
  uint64_t output_bytes;   // owned by the context
  uint64_t host_bytes;     // what host functions work in; objects are not counted
  uint64_t weights_bytes;  // of the program, shared
  uint64_t packed_bytes;   // of the program, shared
  uint64_t device_bytes;   // of a device: arena, scratch, states, inputs and outputs there
  uint64_t heap_allocations;
} plx_memory;
void plx_context_memory(const plx_context *context, plx_memory *out_memory);

// Threads that launches are cut for.
int32_t plx_context_threads(const plx_context *context);

// ---- Devices

// "NVIDIA H100, sm_90, driver 13.0": what device `ordinal` of "cuda" (or of a plugin) is. Errors
// say what is missing: PLX_NOT_FOUND (driver, device, plugin), PLX_UNSUPPORTED (driver too old).
plx_status plx_device_describe(const char *device, int32_t ordinal, char *out_text,
                               uint64_t capacity, plx_error *out_error);

// ---- Profile

typedef struct plx_kernel_profile {
  uint64_t launches;
  uint64_t total_ns;  // wall-clock time of the launches, from the call to the last part's end
  uint64_t min_ns;
  uint64_t max_ns;
} plx_kernel_profile;

// Totals of kernel `index` since the context was created or plx_profile_reset. PLX_INVALID_ARGUMENT
// when not tracing.
plx_status plx_context_profile(const plx_context *context, int32_t index,
                               plx_kernel_profile *out_profile, plx_error *out_error);
void plx_profile_reset(plx_context *context);

// Writes the kept events as Chrome trace JSON (chrome://tracing, Perfetto): a track a thread; args
// hold schedule, nodes, units, flops and bytes. Replaces the file.
plx_status plx_trace_write(const plx_context *context, const char *path, plx_error *out_error);

// ---- Tensors that own their memory

typedef struct plx_array plx_array;

// Zeroed elements (empty strings). PLX_INVALID_ARGUMENT for a bad type or dim, PLX_OUT_OF_MEMORY
// also where the size overflows. Data are aligned to 64 bytes.
plx_status plx_array_create(int32_t element_type, int32_t rank, const int64_t *dims,
                            plx_array **out_array, plx_error *out_error);
void plx_array_destroy(plx_array *array);            // NULL is allowed
plx_tensor plx_array_view(const plx_array *array);   // of the array's life
const char *plx_array_name(const plx_array *array);  // as the file says, "" if it says none

// Reads a tensor from a file: .npy (versions 1 to 3; C or Fortran order, either byte order, no
// pickles) or an ONNX TensorProto (.pb, .onnx.pb), by the first bytes, not the name. All lengths
// are checked before memory is taken: files may be hostile. External data of a TensorProto are
// refused. Errors: PLX_NOT_FOUND, PLX_IO, PLX_BAD_FORMAT (with the byte offset), PLX_UNSUPPORTED,
// PLX_OUT_OF_MEMORY.
plx_status plx_array_read(const char *path, plx_array **out_array, plx_error *out_error);
// The same from bytes in memory; `what` names them in messages.
plx_status plx_array_parse_npy(const void *bytes, uint64_t num_bytes, const char *what,
                               plx_array **out_array, plx_error *out_error);
plx_status plx_array_parse_pb(const void *bytes, uint64_t num_bytes, const char *what,
                              plx_array **out_array, plx_error *out_error);

// Writes a tensor; the file is replaced whole or not at all. npy holds bool, the integers of 8 to
// 64 bits, f16, f32, f64 and the complex types (plx_npy_can_hold); a TensorProto all types, packed
// as ONNX says.
int32_t plx_npy_can_hold(int32_t element_type);
plx_status plx_write_npy(const char *path, const plx_tensor *tensor, plx_error *out_error);
plx_status plx_write_pb(const char *path, const char *name, const plx_tensor *tensor,
                        plx_error *out_error);

// ---- Objects

// Values that are no plain tensors: sequences and optionals, and tensors inside of them. An object
// never changes; it lives while somebody holds it. Any thread. `out_object` is held by the caller.

// A tensor that owns a copy of the elements, strings' bytes too. PLX_INVALID_ARGUMENT,
// PLX_OUT_OF_MEMORY.
plx_status plx_object_of_tensor(const plx_tensor *tensor, plx_object **out_object,
                                plx_error *out_error);
// A sequence of `count` items; an optional (PLX_KIND_OPTIONAL) of one or none; a map (PLX_KIND_MAP)
// of two, keys and values: tensors of rank 1, as many keys (i64 or strings) as values. Holds them.
plx_status plx_object_of_items(int32_t kind, plx_object *const *items, int64_t count,
                               plx_object **out_object, plx_error *out_error);
void plx_object_hold(plx_object *object);
void plx_object_release(plx_object *object);  // NULL is allowed

int32_t plx_object_kind(const plx_object *object);   // enum plx_value_kind
int64_t plx_object_count(const plx_object *object);  // items; 0 of a tensor
// An item, held by the object; NULL where there is none of that number.
plx_object *plx_object_item(const plx_object *object, int64_t index);
plx_tensor plx_object_tensor(const plx_object *object);  // of the object's life; else empty
const char *plx_object_name(const plx_object *object);   // as the file says, "" if it says none

// Reads an ONNX SequenceProto, OptionalProto or MapProto (a TensorProto for PLX_KIND_TENSOR), by
// `kind`: the bytes do not tell. Files may be hostile. Errors as of plx_array_read.
plx_status plx_object_read(const char *path, int32_t kind, plx_object **out_object,
                           plx_error *out_error);
plx_status plx_object_parse_pb(const void *bytes, uint64_t num_bytes, const char *what,
                               int32_t kind, plx_object **out_object, plx_error *out_error);
plx_status plx_object_write_pb(const char *path, const char *name, const plx_object *object,
                               plx_error *out_error);
// "sequence of 3: f32[2, 3], f32[2, 4], f32[1, 1]", cut to `capacity` bytes with "...".
void plx_format_object(const plx_object *object, char *out_text, uint64_t capacity);

// ---- Tensors

// "f32", "bf16", ...: a constant, "unknown" for other numbers. Bytes of an element in memory, 0 for
// other numbers.
const char *plx_element_name(int32_t element_type);
int64_t plx_element_bytes(int32_t element_type);
// Product of the dims, or bytes; -1 where a dim is negative, the type is unknown or the product
// overflows 63 bits.
int64_t plx_num_elements(int32_t rank, const int64_t *dims);
int64_t plx_tensor_bytes(const plx_tensor *tensor);
// Element `index` (row-major) as a double; the real part of a complex one; 0 for strings. In range
// unchecked.
double plx_tensor_element(const plx_tensor *tensor, int64_t index);

// Fills a tensor as a missing input is: floats uniform in [-1, 1) (f8e8m0, which has no sign and no
// zero: 1), complex likewise in both parts, integers 0, bool false, strings empty. Element i
// depends on seed, stream and i alone: splitmix64(splitmix64(seed) ^ splitmix64(stream + 2^63) +
// i), top 24 bits * 2^-23 - 1, rounded to the type. `stream` is the input's index.
plx_status plx_fill_random(const plx_tensor *tensor, uint64_t seed, uint64_t stream,
                           plx_error *out_error);

// A tensor for input `index` with symbolic dims from dims_by_symbol [num_symbols] (negative, or
// NULL: 1, or the lower bound where that is larger), filled by plx_fill_random. Shares symbols that
// other inputs have set when `context` is not NULL.
plx_status plx_random_input(const plx_program *program, const plx_context *context, int32_t index,
                            const int64_t *dims_by_symbol, uint64_t seed, plx_array **out_array,
                            plx_error *out_error);

// One line for people: "min -1.25 max 3.5 mean 0.125 argmax 7 first [0.1, 0.2, ...]"; for strings
// the first few. Writes at most `capacity` bytes, terminated. NaNs are counted apart.
void plx_format_summary(const plx_tensor *tensor, char *out_text, uint64_t capacity);
// "f32[1, 3, 224, 224]".
void plx_format_type(const plx_tensor *tensor, char *out_text, uint64_t capacity);
// "f32[batch, 3, 224, 224]" of an input or output.
void plx_format_value_type(const plx_value *value, char *out_text, uint64_t capacity);

// File names for outputs: each name with every character outside [A-Za-z0-9._-] and a leading dot
// replaced by '_', then ".npy", or ".pb" for element types that npy lacks (PLX_OBJECT too);
// "output" for an empty name. Of those that clash the later ones get "_2", "_3", ... before the
// ending, so that all differ. *out_names is [count] terminated strings in one block that the caller
// frees by free().
plx_status plx_output_file_names(const char *const *names, const int32_t *element_types,
                                 int32_t count, char ***out_names, plx_error *out_error);

// ---- Files

// A read-only mapping. data is NULL and bytes 0 for an empty file.
typedef struct plx_mapping {
  const void *data;
  uint64_t bytes;
} plx_mapping;

enum plx_map_flags {
  PLX_MAP_FOLLOW = 1,    // follow a symbolic link in the last component (a path the user typed)
  PLX_MAP_PREFAULT = 2,  // read ahead all of it
  PLX_MAP_ONE_LINK = 4   // refuse a file with more than one hard link
};

// Maps a regular file whole, read-only and private, and checks nothing else. Without PLX_MAP_FOLLOW
// a symbolic link is refused (O_NOFOLLOW); devices, pipes and folders always are, without blocking
// on them. The bytes change, or reading them faults, if someone else writes or cuts the file.
// Errors: PLX_NOT_FOUND, PLX_IO, PLX_UNSUPPORTED.
plx_status plx_map_file(const char *path, uint32_t flags, plx_mapping *out_mapping,
                        plx_error *out_error);
void plx_unmap_file(const plx_mapping *mapping);

// XXH64 of the bytes (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), as plx_module.weights_hash
// holds with seed 0.
uint64_t plx_hash64(const void *data, uint64_t bytes, uint64_t seed);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif  // PLEXUS_RT_H
