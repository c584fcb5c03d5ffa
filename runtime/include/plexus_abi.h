// plexus_abi.h: what compiled models and the runtime share. Plain C, 64-bit little-endian targets.
//
// A compiled model is an object with ONE exported symbol, a constant `plx_module_descriptor` (by
// default of that very name; the compiler may give it another one so that several models can be
// linked into one program). Its undefined symbols are the `plx_rt_*` functions below, memcpy,
// memmove and memset, nothing else.
//
// Layout: every struct holds 8-byte fields or pairs of 4-byte fields, so that there is no padding
// and the byte offset written beside a field is the same for every compiler; PLX_ABI_OFFSET checks
// them here. Emitters use these offsets. Any change of a layout or of a meaning below increments
// PLX_ABI_VERSION; a runtime loads its own version only.
#ifndef PLEXUS_ABI_H
#define PLEXUS_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define PLX_ABI_OFFSET(type, field, offset) \
  static_assert(offsetof(type, field) == (offset), "layout of " #type "." #field)
#define PLX_ABI_SIZE(type, bytes) static_assert(sizeof(type) == (bytes), "size of " #type)
#else
#define PLX_ABI_OFFSET(type, field, offset) \
  _Static_assert(offsetof(type, field) == (offset), "layout of " #type "." #field)
#define PLX_ABI_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "size of " #type)
#endif

#define PLX_ABI_MAGIC UINT64_C(0x0a0d535558454c50)  // the bytes "PLEXUS\r\n"
#define PLX_ABI_VERSION 3
#define PLX_MODULE_SYMBOL "plx_module_descriptor"  // default name of the exported symbol
#define PLX_ALIGNMENT 64  // bytes: parameters, arena, scratch, states, runtime-owned outputs
#define PLX_MAX_RANK 64   // of inputs, outputs and tensors of host functions

// ---- Element types

// The numbers are ONNX's TensorProto.DataType. In memory, inside programs and at the API, an
// element of a sub-byte type (u4 i4 f4e2m1 u2 i2) takes one byte: unsigned types zero-extended,
// signed ones sign-extended, f4e2m1 its four bits in the low half. bool is one byte, 0 or 1. Files
// (TensorProto) pack them; the readers and writers convert. A string element is a `plx_string`.
enum plx_element_type {
  PLX_UNDEFINED = 0,
  PLX_F32 = 1,
  PLX_U8 = 2,
  PLX_I8 = 3,
  PLX_U16 = 4,
  PLX_I16 = 5,
  PLX_I32 = 6,
  PLX_I64 = 7,
  PLX_STRING = 8,
  PLX_BOOL = 9,
  PLX_F16 = 10,
  PLX_F64 = 11,
  PLX_U32 = 12,
  PLX_U64 = 13,
  PLX_C64 = 14,
  PLX_C128 = 15,
  PLX_BF16 = 16,
  PLX_F8E4M3FN = 17,
  PLX_F8E4M3FNUZ = 18,
  PLX_F8E5M2 = 19,
  PLX_F8E5M2FNUZ = 20,
  PLX_U4 = 21,
  PLX_I4 = 22,
  PLX_F4E2M1 = 23,
  PLX_F8E8M0 = 24,
  PLX_U2 = 25,
  PLX_I2 = 26,
  PLX_NUM_ELEMENT_TYPES = 27
};

// One element of a string tensor: UTF-8 or any bytes, not terminated. Whoever owns the tensor owns
// the bytes.
typedef struct plx_string {
  const char *data;  //  0  may be NULL when bytes is 0
  int64_t bytes;     //  8
} plx_string;
PLX_ABI_SIZE(plx_string, 16);

// A view of a dense row-major tensor; owns nothing.
typedef struct plx_tensor {
  void *data;            //  0  may be NULL when there are no elements
  const int64_t *dims;   //  8  [rank], each >= 0; may be NULL when rank is 0
  int32_t rank;          // 16
  int32_t element_type;  // 20  enum plx_element_type
} plx_tensor;
PLX_ABI_SIZE(plx_tensor, 24);

// A value of the host: a tensor that owns its elements, or a sequence or an optional of such
// values. Counted references, never changed once it is made (plexus_rt.h, "Objects"). Strings of a
// program, too, are held as objects.
typedef struct plx_object plx_object;

// Element type of a plx_tensor that stands for an object, among the arguments and results of host
// functions: `data` is the plx_object.
#define PLX_OBJECT (-1)

// ---- Descriptor

// All pointers are to constants that live as long as the module. A table pointer may be NULL when
// its count is 0.

// A dim of an input or output. Exactly one of three: a constant (constant >= 0, symbol -1), a
// symbol by itself (constant -1, symbol >= 0), or another expression (both -1), which the text
// alone gives, in this grammar, where symbols that are no identifiers stand in double quotes:
//   expr   = term (("+" | "-") term)*
//   term   = factor (("*" | "floordiv" | "ceildiv" | "mod") factor)*
//   factor = integer | "-" factor | symbol [">=" integer] | "(" expr ")"
//          | ("max" | "min" | "floordiv" | "ceildiv" | "mod") "(" expr "," expr ")"
// The runtime checks inputs against all three forms before it calls `run`. Division by zero fails
// that check.
typedef struct plx_dim {
  int64_t constant;  //  0
  int32_t symbol;    //  8  index into symbols, or -1
  int32_t reserved;  // 12  0
  const char *text;  // 16  for messages and expressions: "3", "batch", "2*batch + 1"; never NULL
} plx_dim;
PLX_ABI_SIZE(plx_dim, 24);

// A symbolic dim. Before `run` the runtime writes run->symbols[i] from the first input dim that is
// this symbol by itself, checks that all such dims agree and that the value is >= lower_bound. A
// symbol that no input dim binds starts as 0 in every run, and the host program writes it when it
// is known (sizes that depend on data).
typedef struct plx_symbol {
  const char *name;     //  0
  int64_t lower_bound;  //  8
} plx_symbol;
PLX_ABI_SIZE(plx_symbol, 16);

enum plx_value_kind {
  PLX_KIND_TENSOR = 0,
  PLX_KIND_SEQUENCE = 1,  // objects
  PLX_KIND_OPTIONAL = 2,
  PLX_KIND_MAP = 3  // two items: keys (i64 or strings) and their values, tensors of rank 1
};

// An input or output.
typedef struct plx_value {
  const char *name;      //  0
  int32_t element_type;  //  8  enum plx_element_type; of an object: that of the tensors in it
  int32_t rank;          // 12  -1: an object, or an output whose rank is known only after the run
  const plx_dim *dims;   // 16  [rank]
  int32_t kind;          // 24  enum plx_value_kind
  // An output: index of the input whose buffer it may share (updated in place), -1 none; the
  // kernels then read and write the two as one buffer allows. An input: 0.
  int32_t donated;  // 28
} plx_value;
PLX_ABI_SIZE(plx_value, 32);

// A weight: `bytes` bytes at `offset` (a multiple of PLX_ALIGNMENT) in the weights blob, unpacked
// elements, row-major.
typedef struct plx_parameter {
  const char *name;      //  0
  int32_t element_type;  //  8
  int32_t rank;          // 12
  const int64_t *dims;   // 16  [rank]
  uint64_t bytes;        // 24
  uint64_t offset;       // 32
} plx_parameter;
PLX_ABI_SIZE(plx_parameter, 40);

// A kernel, for profiles and traces. kernel_index of plx_rt_parallel counts in this table.
typedef struct plx_kernel {
  const char *name;      //  0  of the emitted function
  const char *schedule;  //  8  "map", "row", "matmul", ...
  const char *nodes;     // 16  the source nodes it came from, as text: "/conv1/Conv, /relu1/Relu"
  int64_t flops;         // 24  of one launch; -1 where it depends on symbols
  int64_t bytes;  // 32  read and written by one launch, each buffer once; -1 where it depends on
                  // symbols
} plx_kernel;
PLX_ABI_SIZE(plx_kernel, 40);

// A place that can fail at run time. `node` of plx_rt_fail counts in this table.
typedef struct plx_site {
  const char *node;  //  0  name of the source node, "" if none
  const char *op;    //  8  "Gather", "plx.rebind"
  // NULL: the fault code's own text. Else it is used, with {0} {1} {2} replaced by the values:
  // "dim 1 is {0} by 'batch*heads' but {1} by 'rows'".
  const char *message;  // 16
} plx_site;
PLX_ABI_SIZE(plx_site, 24);

// A host function the program calls. Load refuses, by name, what is not there. Names that begin
// with "plx:" are the runtime's own, those with PLX_HOST_LIBRARY are functions of
// libplexus_host.so, which load opens when a program needs it; others are registered by the user.
#define PLX_HOST_LIBRARY "host:"
typedef struct plx_import {
  const char *name;        //  0  "ai.onnx:RegexFullMatch", "my.domain:MyOp"
  const char *attributes;  //  8  handed to the function: a JSON object as text, or NULL
} plx_import;
PLX_ABI_SIZE(plx_import, 16);

// ---- Device code

// Code of kernels for a device other than the CPU. The host program stays as it is: the launches
// it asks for (plx_rt_parallel, whose `kernel` is then NULL) go to the device; buffers are the
// device's, so that host code reads and writes them by plx_rt_load and plx_rt_store alone.

enum plx_image_kind {
  PLX_IMAGE_CUBIN = 1,  // ELF of the CUDA driver, for one architecture
  PLX_IMAGE_PTX = 2,    // text, terminated, for an architecture and all later ones
  PLX_IMAGE_SOURCE = 3  // CUDA C++, terminated, complete in itself: for the emulator
};

typedef struct plx_image {
  int32_t kind;          //  0  enum plx_image_kind
  int32_t architecture;  //  4  90 for sm_90; 0 of source
  const void *data;      //  8
  uint64_t bytes;        // 16
} plx_image;
PLX_ABI_SIZE(plx_image, 24);

enum plx_access { PLX_READ = 1, PLX_WRITE = 2, PLX_READ_WRITE = 3 };

// An operand of a kernel: the buffers of its launch, in order.
typedef struct plx_operand {
  int32_t access;         //  0  enum plx_access
  int32_t element_bytes;  //  4
  // How many bytes of the buffer the kernel may touch: an expression in the grammar of plx_dim,
  // over s0, s1, ...: the sizes of the launch.
  const char *bytes;  //  8
} plx_operand;
PLX_ABI_SIZE(plx_operand, 16);

// Its arguments: a pointer an operand, an int64 a size, a pointer to scratch memory where it wants
// some (as much as the last plx_rt_scratch asked for, or plx_module.scratch_bytes), and a
// plx_launch_place (runtime/device/device.h). `units` of a launch are its blocks.
typedef struct plx_device_kernel {
  const char *entry;            //  0  name in the image
  const plx_operand *operands;  //  8  [num_operands]
  int32_t num_operands;         // 16
  int32_t num_sizes;            // 20  without the site
  int32_t first_image;          // 24  images first_image .. + num_images are the same code
  int32_t num_images;           // 28
  int32_t threads;              // 32  of a block
  int32_t shared_bytes;         // 36  dynamic shared memory of a block
  int32_t wants_scratch;        // 40  0 or 1
  int32_t reserved;             // 44
} plx_device_kernel;
PLX_ABI_SIZE(plx_device_kernel, 48);

typedef struct plx_device_code {
  const char *device;                //  0  "cuda", "cuda-emulated"
  const plx_image *images;           //  8
  const plx_device_kernel *kernels;  // 16  [num_kernels of the module]
  int32_t num_images;                // 24
  int32_t reserved;                  // 28
} plx_device_code;
PLX_ABI_SIZE(plx_device_code, 32);

struct plx_run;

// The host program. Computes sizes, lays out the arena, launches the kernels in order. Returns 0,
// or run->fault.code.
typedef int32_t (*plx_run_fn)(struct plx_run *run);

// One kernel over units [begin, end). `thread` < run->threads selects run->scratch[thread]. The
// same unit computes the same bits whatever begin, end and thread are.
typedef void (*plx_kernel_fn)(struct plx_run *run, void *const *buffers, const int64_t *sizes,
                              int64_t begin, int64_t end, int32_t thread);

typedef struct plx_module {
  uint64_t magic;             //   0  PLX_ABI_MAGIC
  uint32_t abi_version;       //   8  PLX_ABI_VERSION
  uint32_t descriptor_bytes;  //  12  sizeof(plx_module)
  const char *name;           //  16  of the model
  const char *producer;       //  24  "plexus 0.1.0"
  const char *target_cpu;     //  32  "znver5", "x86-64-v3", "generic"

  // Features the code needs, LLVM's names, comma-separated: "avx2,fma,avx512f", or "". Load checks
  // those it knows on this machine and names what is missing.
  const char *features;  //  40

  const plx_symbol *symbols;        //  48
  const plx_value *inputs;          //  56
  const plx_value *outputs;         //  64
  const plx_parameter *parameters;  //  72
  const plx_kernel *kernels;        //  80
  const plx_site *sites;            //  88
  const plx_import *imports;        //  96
  int32_t num_symbols;              // 104
  int32_t num_inputs;               // 108
  int32_t num_outputs;              // 112
  int32_t num_parameters;           // 116
  int32_t num_kernels;              // 120
  int32_t num_sites;                // 124
  int32_t num_imports;              // 128
  int32_t num_states;               // 132  growable buffers, see plx_rt_state
  plx_run_fn run;                   // 136

  // NULL, or called once a loaded program, before its first run, to compute run->packed
  // (packed_bytes bytes, zeroed) from run->parameters. It sees no inputs, outputs, symbols or
  // states; it may use plx_rt_parallel and the arena.
  plx_run_fn prepare;  // 144

  uint64_t packed_bytes;   // 152  0 when prepare is NULL
  uint64_t scratch_bytes;  // 160  of each thread, see plx_run.scratch
  int64_t arena_bytes;     // 168  most that plx_rt_arena will be asked for; -1: depends on symbols

  // The weights blob inside the object (symbol plx_module_weights by default), aligned to
  // PLX_ALIGNMENT. NULL: it is external, or weights_bytes is 0.
  const void *weights;       // 176
  uint64_t weights_bytes;    // 184
  uint64_t weights_hash;     // 192  plx_hash64 of an external file's bytes; 0 for a blob inside
  const char *weights_file;  // 200  base name of the external file, beside the module; else NULL
  const plx_device_code *device_code;  // 208  NULL: the kernels run on the CPU
} plx_module;
PLX_ABI_OFFSET(plx_module, name, 16);
PLX_ABI_OFFSET(plx_module, symbols, 48);
PLX_ABI_OFFSET(plx_module, num_symbols, 104);
PLX_ABI_OFFSET(plx_module, run, 136);
PLX_ABI_OFFSET(plx_module, arena_bytes, 168);
PLX_ABI_OFFSET(plx_module, weights_file, 200);
PLX_ABI_SIZE(plx_module, 216);

// ---- What emitted code sees of a context

enum plx_fault_code {
  PLX_FAULT_NONE = 0,
  PLX_FAULT_INDEX = 1,          // values: index, lowest allowed, highest allowed
  PLX_FAULT_DIVISION = 2,       // integer division or remainder by zero
  PLX_FAULT_DIMS = 3,           // sizes that must be equal are not; values: first, second, axis
  PLX_FAULT_SIZE_OVERFLOW = 4,  // a size does not fit 63 bits; values: two factors or terms
  PLX_FAULT_NEGATIVE_SIZE = 5,  // values: size, axis
  PLX_FAULT_OUT_OF_MEMORY = 6,  // values: bytes asked for
  PLX_FAULT_CANCELLED = 7,      // set by the runtime
  PLX_FAULT_HOST_FUNCTION = 8,  // a host function failed (its message is kept); values: import
  PLX_FAULT_BAD_VALUE = 9,  // an operand's value is not allowed; values: as the site's message says
  PLX_FAULT_BOUND = 10,     // a symbol lies below its lower bound; values: symbol, value, bound
  PLX_FAULT_DEVICE = 12,    // a device failed (its message is kept); values: 1 for want of memory
  PLX_FAULT_INTERNAL =
      11  // emitted code broke this contract (set by the runtime); values: as said in the message
};

// The first fault of a run, in program order (among the parts of one launch: that of the lowest
// units), so it does not depend on the thread count.
typedef struct plx_fault {
  int32_t code;       //  0  enum plx_fault_code
  int32_t node;       //  4  index into sites, -1 none
  int64_t values[3];  //  8
} plx_fault;
PLX_ABI_SIZE(plx_fault, 32);

typedef struct plx_view {
  void *data;     //  0
  int64_t *dims;  //  8  [rank]
} plx_view;
PLX_ABI_SIZE(plx_view, 16);

struct plx_rt_calls;
struct plx_context;

typedef struct plx_run {
  const plx_module *module;  //   0
  // [num_inputs]; read only, aligned to their element alone. Of an object, data is the plx_object.
  const plx_view *inputs;         //   8
  plx_view *outputs;              //  16  [num_outputs]; written by plx_rt_output
  const void *const *parameters;  //  24  [num_parameters], aligned to 64; read only
  void *packed;                   //  32  written by prepare, read only in run; NULL when 0 bytes
  int64_t *symbols;               //  40  [num_symbols]
  void *arena;                    //  48  base, set by plx_rt_arena
  // [threads], each scratch_bytes (or what plx_rt_scratch asked for), aligned to 64; contents are
  // undefined at the start of a launch.
  void *const *scratch;              //  56
  plx_fault fault;                   //  64
  int32_t threads;                   //  96  >= 1: parts a launch has at most
  int32_t reserved;                  // 100
  uint64_t seed;                     // 104  of the context: the key of random nodes that state none
  uint64_t run_number;               // 112  0, 1, ...: so that such nodes draw anew in each run
  void *user_data;                   // 120  of the context's options, for host functions
  const struct plx_rt_calls *calls;  // 128  the runtime that made this run; private
  struct plx_context *context;       // 136  private
} plx_run;
PLX_ABI_OFFSET(plx_run, symbols, 40);
PLX_ABI_OFFSET(plx_run, fault, 64);
PLX_ABI_OFFSET(plx_run, threads, 96);
PLX_ABI_OFFSET(plx_run, seed, 104);
PLX_ABI_OFFSET(plx_run, calls, 128);
PLX_ABI_SIZE(plx_run, 144);

// ---- Functions for emitted code

// All but plx_rt_fail and plx_rt_cancelled are called by the host program only, never by a kernel.
// After a fault every launch is skipped and returns the code, so a host program has to look only
// where it reads a value that a kernel computed, before pointers it was given (NULL = a fault is
// set), and once around each loop. plx_rt_* forwards to the runtime that made `run`, so a module
// may carry a runtime of its own and yet be run by another.

#pragma GCC visibility push(default)

// Runs kernel(run, buffers, sizes, begin, end, thread) over [0, units), cut into p contiguous parts
// whose sizes differ by at most one: p = min(run->threads, units / max(grain, 1)), at least 1. p =
// 1 runs on the calling thread without touching the pool. `grain` is the number of units below
// which a further thread does not pay (about 1 us of work). Part i is run with thread = i. Returns
// after all parts are done, with their writes visible. units <= 0: nothing is run. Records a
// profile event when the context traces. Returns 0 or run->fault.code.
int32_t plx_rt_parallel(plx_run *run, int32_t kernel_index, plx_kernel_fn kernel,
                        void *const *buffers, const int64_t *sizes, int64_t units, int64_t grain);

// Makes the arena at least `bytes` bytes large, keeps its address and contents for the rest of this
// run, and returns its base, aligned to 64 bytes at least (and stored as run->arena). May be called
// again with more bytes. A negative count, or no memory: sets the fault (PLX_FAULT_OUT_OF_MEMORY)
// and returns NULL. The pages above the largest size so far are zero, the others hold what earlier
// runs left.
void *plx_rt_arena(plx_run *run, int64_t bytes);

// Makes each thread's scratch at least `bytes` bytes large, when that is known only at run time;
// contents are lost. Returns 0 or the fault's code.
int32_t plx_rt_scratch(plx_run *run, int64_t bytes);

// Says that output `index` has these dims, sets run->outputs[index] and returns the buffer to
// write: the caller's where one is bound and large enough, else memory of the context, aligned to
// 64. Contents undefined. An output of no elements gets a non-NULL pointer too. Checks rank and
// constant dims against the descriptor. NULL: a fault is set. Calling it again for one output
// replaces the first call.
void *plx_rt_output(plx_run *run, int32_t index, int32_t rank, const int64_t *dims);

// Growable buffer of a slot (0 <= slot < num_states) for values that a loop carries and that
// outgrow their place: at least `bytes` bytes, aligned to 64; growing keeps the contents and may
// move them. Kept from run to run, contents too (new bytes are zero). NULL: a fault is set.
void *plx_rt_state(plx_run *run, int32_t slot, int64_t bytes);

// Records a fault (see plx_fault). May be called by kernels, on any thread. Returns the code of the
// run's fault.
int32_t plx_rt_fail(plx_run *run, int32_t code, int32_t node, int64_t v0, int64_t v1, int64_t v2);

// Calls host function `import`. An argument may be an object (PLX_OBJECT); one that is a tensor
// counts with the argument's dims where these are given (as many elements). A result whose data is
// not NULL is written in place (type, rank and dims are the program's); where it is NULL the
// function chooses, and the result comes back as an object (PLX_OBJECT) of the run. Returns 0 or
// the fault's code; `node` is the site that is blamed.
int32_t plx_rt_host_call(plx_run *run, int32_t import, int32_t node, const plx_tensor *args,
                         int32_t num_args, plx_tensor *results, int32_t num_results);

// The elements of an object that must be a tensor of this type and rank, and its dims in
// out_dims [rank]; valid while the object lives. NULL: it is another, and a fault is set.
void *plx_rt_view(plx_run *run, int32_t node, plx_object *object, int32_t element_type,
                  int32_t rank, int64_t *out_dims);

// Objects of a run live until its end. A loop lets go of those of an iteration: it takes a mark
// before it begins, and at the end of each iteration keeps, of the objects made since, those named
// (and what is in them).
int64_t plx_rt_mark(plx_run *run);
void plx_rt_keep(plx_run *run, int64_t mark, plx_object *const *objects, int32_t num_objects);

// Gives an object as output `index`: a sequence, an optional, or a tensor, with these dims where
// they are not NULL (as many elements as the object has). Returns 0 or the fault's code.
int32_t plx_rt_output_object(plx_run *run, int32_t index, plx_object *object, int32_t rank,
                             const int64_t *dims);

// Only programs with device code call these three. Buffers are the device's; bytes is 1, 2, 4 or 8.
// plx_rt_load waits for the launches before it and gives the bytes at `buffer`, zero-extended (0
// where a fault is set). plx_rt_store writes the low bytes of a number, plx_rt_copy moves bytes
// (the ranges may overlap), both in the order of launches.
int64_t plx_rt_load(plx_run *run, const void *buffer, int64_t bytes);
void plx_rt_store(plx_run *run, void *buffer, int64_t value, int64_t bytes);
void plx_rt_copy(plx_run *run, void *to, const void *from, int64_t bytes);

// 1 when the run has been cancelled or has a fault (a cancelled run's fault is set by this call),
// else 0. One call around each loop of the host program whose end depends on data, or kernels that
// run for long.
int32_t plx_rt_cancelled(plx_run *run);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif  // PLEXUS_ABI_H
