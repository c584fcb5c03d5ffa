#include "runtime/core/fault.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/core/calls.h"
#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/program.h"

namespace plx {
namespace {

// initial-exec: 4 bytes of the static block that glibc keeps for libraries opened late; no call to
// find them.
__attribute__((tls_model("initial-exec"))) thread_local int32_t current_part = 0;

// Faults are rare and short: a spin lock serves.
class FaultLock {
 public:
  explicit FaultLock(plx_context *context) : lock_(context->fault_lock) {
    while (lock_.exchange(1, std::memory_order_acquire) != 0) {
    }
  }
  ~FaultLock() { lock_.store(0, std::memory_order_release); }

 private:
  std::atomic<int32_t> &lock_;
};

const char *default_message(int32_t code) {
  switch (code) {
    case PLX_FAULT_INDEX:
      return "index {0} is out of range: expected {1} to {2}";
    case PLX_FAULT_DIVISION:
      return "integer division by zero";
    case PLX_FAULT_DIMS:
      return "sizes that must be equal are {0} and {1} on axis {2}";
    case PLX_FAULT_SIZE_OVERFLOW:
      return "a size made of {0} and {1} does not fit 63 bits";
    case PLX_FAULT_NEGATIVE_SIZE:
      return "size {0} of axis {1} is negative";
    case PLX_FAULT_OUT_OF_MEMORY:
      return "no memory for {0} bytes";
    case PLX_FAULT_CANCELLED:
      return "cancelled";
    case PLX_FAULT_HOST_FUNCTION:
      return "host function {0} failed";
    case PLX_FAULT_BAD_VALUE:
      return "a value is not allowed: {0}";
    case PLX_FAULT_BOUND:
      return "symbol {0} is {1}: expected at least {2}";
    case PLX_FAULT_DEVICE:
      return "the device failed";
    case PLX_FAULT_INTERNAL:
      return "the compiled code broke its contract with the runtime ({0}, {1}, {2})";
    default:
      return "unknown fault ({0}, {1}, {2})";
  }
}

void add_message(Text *text, const char *message, const int64_t *values) {
  for (const char *at = message; *at != 0; ++at) {
    if (at[0] == '{' && at[1] >= '0' && at[1] <= '2' && at[2] == '}') {
      text->add("%lld", static_cast<long long>(values[at[1] - '0']));
      at += 2;
    } else {
      text->add("%c", *at);
    }
  }
}

plx_status status_of(const plx_fault &fault) {
  int32_t code = fault.code;
  if (code == PLX_FAULT_DEVICE) return fault.values[0] == 1 ? PLX_OUT_OF_MEMORY : PLX_INTERNAL;
  if (code == PLX_FAULT_OUT_OF_MEMORY) return PLX_OUT_OF_MEMORY;
  if (code == PLX_FAULT_CANCELLED) return PLX_CANCELLED;
  return code == PLX_FAULT_INTERNAL ? PLX_INTERNAL : PLX_FAULT;
}

void add_values(Text *text, const plx_context &context, const plx_site *site) {
  const plx_fault &fault = context.run.fault;
  const plx_module &module = *context.program->module;
  bool own = site != nullptr && site->message != nullptr;
  if (fault.code == PLX_FAULT_HOST_FUNCTION && fault.values[0] < module.num_imports) {
    const char *name = fault.values[0] >= 0 ? module.imports[fault.values[0]].name : "plx:";
    // Of Plexus's own functions the node's name and op say enough.
    bool is_own = strncmp(name, "plx:", 4) == 0 ||
                  strncmp(name, PLX_HOST_LIBRARY, strlen(PLX_HOST_LIBRARY)) == 0;
    if (!is_own) text->add("host function '%s' failed: ", name);
    text->add("%s", context.host_message[0] != 0 ? context.host_message : "it gave no reason");
  } else if (fault.code == PLX_FAULT_DEVICE && context.host_message[0] != 0) {
    text->add("%s", context.host_message);
  } else if (!own && fault.code == PLX_FAULT_BOUND && fault.values[0] >= 0 &&
             fault.values[0] < module.num_symbols) {
    text->add("dim '%s' is %lld: expected at least %lld", module.symbols[fault.values[0]].name,
              static_cast<long long>(fault.values[1]), static_cast<long long>(fault.values[2]));
  } else {
    add_message(text, own ? site->message : default_message(fault.code), fault.values);
  }
}

}  // namespace

void set_current_part(int32_t part) { current_part = part; }

int32_t fault_code(const plx_run &run) {
  return __atomic_load_n(&run.fault.code, __ATOMIC_RELAXED);
}

int32_t record_fault(plx_run *run, int32_t code, int32_t node, int64_t v0, int64_t v1, int64_t v2) {
  plx_context *context = run->context;
  FaultLock lock(context);
  bool first = fault_code(*run) == PLX_FAULT_NONE;
  bool earlier = context->fault_launch == context->launch && current_part < context->fault_part;
  if (first || earlier) {
    run->fault.node = node;
    run->fault.values[0] = v0;
    run->fault.values[1] = v1;
    run->fault.values[2] = v2;
    // Code 0 would hide the fault.
    __atomic_store_n(&run->fault.code, code == PLX_FAULT_NONE ? int32_t{PLX_FAULT_INTERNAL} : code,
                     __ATOMIC_RELAXED);
    context->fault_launch = context->launch;
    context->fault_part = current_part;
  }
  return fault_code(*run);
}

int32_t run_cancelled(plx_run *run) {
  if (fault_code(*run) != PLX_FAULT_NONE) return 1;
  if (run->context->cancelled.load(std::memory_order_relaxed) == 0) return 0;
  record_fault(run, PLX_FAULT_CANCELLED, -1, 0, 0, 0);
  return 1;
}

plx_status describe_fault(const plx_context &context, plx_error *out_error) {
  const plx_fault &fault = context.run.fault;
  const plx_module &module = *context.program->module;
  plx_status status = status_of(fault);
  if (out_error == nullptr) return status;
  const plx_site *site =
      fault.node >= 0 && fault.node < module.num_sites ? &module.sites[fault.node] : nullptr;
  char buffer[PLX_ERROR_BYTES];
  Text text(buffer, sizeof buffer);
  text.add("model '%s'", module.name);
  if (site != nullptr && site->node != nullptr && site->node[0] != 0) {
    text.add(", node '%s'", site->node);
  }
  if (site != nullptr && site->op != nullptr && site->op[0] != 0) text.add(" (%s)", site->op);
  text.add(": ");
  add_values(&text, context, site);
  return fail(out_error, status, "%s", buffer);
}

}  // namespace plx
