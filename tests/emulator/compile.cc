#include "tests/emulator/compile.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <sstream>

#include "tests/emulator/error.h"
#include "tests/emulator/process.h"
#include "tests/emulator/source_text.h"

extern "C" const char plx_emu_header[];

namespace plx_emulator {
namespace {

// What precedes the text's own part.
std::string opening(const std::string &prelude) {
  return text("#line 1 \"emulated.cuh\"\n%s\n#line 1 \"kernel.cu\"\n", plx_emu_header) + prelude;
}

const std::vector<std::string> &flags() {
  // See README.md, "Instrumentation".
  static const std::vector<std::string> all = [] {
    std::vector<std::string> result = {
        "-std=c++17",
        "-O1",
        "-g1",
        "-gno-column-info",
        "-fPIC",
        "-w",
        "-nostdinc",
        "-fno-exceptions",
        "-fno-rtti",
        "-fno-threadsafe-statics",
        "-fno-math-errno",
        "-fno-strict-float-cast-overflow",
        "-ffp-contract=off",
        "-fdeclspec",
        "-fvisibility=hidden",
        "-fno-plt",
        "-fno-caret-diagnostics",
        "-fno-color-diagnostics",
        "-fmax-errors=5",
        "-fsanitize=thread,array-bounds,integer-divide-by-zero,shift-exponent",
        "-fsanitize-recover=all",
        "-fno-sanitize-link-runtime",
        "-fno-optimize-sibling-calls"};
    for (const char *option :
         {"-tsan-instrument-func-entry-exit=0", "-tsan-instrument-read-before-write=1",
          "-disable-loop-idiom-all", "-sink-common-insts=0", "-hoist-common-insts=0",
          "-enable-tail-merge=0"}) {
      result.insert(result.end(), {"-mllvm", option});
    }
    if (__builtin_cpu_supports("fma")) result.push_back("-mfma");
    return result;
  }();
  return all;
}

// 128 bits of FNV-1a: no collision by chance.
std::string hash(const std::vector<std::string> &parts) {
  unsigned __int128 state =
      (static_cast<unsigned __int128>(0x6c62272e07bb0142) << 64) | 0x62b821756295c58d;
  const unsigned __int128 prime = (static_cast<unsigned __int128>(1) << 88) | 0x13b;
  for (const std::string &part : parts) {
    for (char c : part + '\0') state = (state ^ static_cast<unsigned char>(c)) * prime;
  }
  return text("%016llx%016llx", static_cast<unsigned long long>(state >> 64),
              static_cast<unsigned long long>(state));
}

// The cache's folder, made where it is absent.
plx_status cache_folder(std::string *out_folder, plx_error *out_error) {
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  std::string folder = cache != nullptr && *cache != 0 ? cache
                       : home != nullptr               ? std::string(home) + "/.cache"
                                                       : "/tmp";
  folder += "/plexus/emulated";
  for (size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    mkdir(folder.substr(0, slash).c_str(), 0777);
    if (slash == std::string::npos) break;
  }
  *out_folder = folder;
  if (access(folder.c_str(), W_OK) == 0) return PLX_OK;
  return fail(out_error, PLX_IO,
              "cuda-emulated: " + folder +
                  " cannot be written, where compiled kernels are kept; set XDG_CACHE_HOME to a "
                  "folder that can");
}

std::string this_library() {
  Dl_info info;
  return dladdr(plx_emu_header, &info) != 0 ? info.dli_fname : "";
}

std::string first_lines(const std::string &output, size_t count) {
  std::istringstream lines(output);
  std::string result;
  for (std::string line; count > 0 && std::getline(lines, line);) {
    if (line.find("error") == std::string::npos && line.find("undefined") == std::string::npos) {
      continue;
    }
    result += (result.empty() ? "" : "; ") + line;
    --count;
  }
  return result.empty() ? output.substr(0, 500) : result;
}

// Writes by way of a draft of this process and call, so that others see all or nothing.
class Draft {
 public:
  explicit Draft(const std::string &path) : path_(path) {
    static std::atomic<int> number = 0;
    draft_ = path + text(".%d.%d", static_cast<int>(getpid()), ++number);
  }
  ~Draft() { unlink(draft_.c_str()); }
  const std::string &path() const { return draft_; }
  bool write(const std::string &bytes) const {
    FILE *file = fopen(draft_.c_str(), "w");
    if (file == nullptr) return false;
    bool whole = fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return fclose(file) == 0 && whole;
  }
  bool publish() const { return rename(draft_.c_str(), path_.c_str()) == 0; }

 private:
  std::string path_, draft_;
};

bool exists(const std::string &path) { return access(path.c_str(), R_OK) == 0; }

std::vector<std::string> clang_command(const std::string &clang,
                                       std::initializer_list<std::string> more) {
  std::vector<std::string> command = {clang};
  command.insert(command.end(), flags().begin(), flags().end());
  command.insert(command.end(), more);
  return command;
}

// The header and the prelude, which all texts share, are parsed once: a third of a small kernel's
// time. Path of the precompiled header, or "" where there is none: then the text has both.
std::string precompiled(const std::string &clang, const std::string &folder,
                        const std::string &prelude) {
  std::vector<std::string> parts = {plx_emu_header, clang, prelude};
  parts.insert(parts.end(), flags().begin(), flags().end());
  std::string header = folder + "/" + hash(parts) + ".h", path = header + ".pch";
  if (exists(path)) return path;
  Draft header_draft(header), draft(path);
  // clang reads lines from the header later on, so it stays.
  if (!header_draft.write(opening(prelude)) || !header_draft.publish()) return "";
  std::string output;
  int status = run_program(clang_command(clang, {"-xc++-header", "-fpch-instantiate-templates",
                                                 header, "-o", draft.path()}),
                           &output);
  return status == 0 && draft.publish() ? path : "";
}

plx_status build(const std::string &clang, const std::string &folder, const std::string &source,
                 const std::string &path, plx_error *out_error) {
  Draft input(path + ".cu"), object(path + ".o"), draft(path);
  size_t end = prelude_end(source);
  std::string prelude = source.substr(0, end), unit;
  std::string header = precompiled(clang, folder, prelude);
  if (header.empty()) unit = opening(prelude);
  unit += text("#line %ld \"kernel.cu\"\n", 1 + std::count(prelude.begin(), prelude.end(), '\n'));
  unit += with_dynamic_shared(source.substr(end)) + "\n#line 1 \"calls\"\n";
  for (const std::string &name : kernel_names(source)) unit += "PLX_EMU_KERNEL(" + name + ")\n";
  if (!input.write(unit)) return fail(out_error, PLX_IO, "cuda-emulated: cannot write " + path);
  auto refuse = [&](const std::string &tool, int status, const std::string &output) {
    return fail(out_error, PLX_BAD_FORMAT,
                text("cuda-emulated: %s does not compile the kernels (exit %d): %s", tool.c_str(),
                     status, first_lines(output, 5).c_str()));
  };
  // Each tool by itself: clang starts a second process of its own when it has to link as well.
  std::vector<std::string> command = clang_command(clang, {"-xc++", "-c", "-o", object.path()});
  if (!header.empty()) command.insert(command.end(), {"-include-pch", header});
  command.push_back(input.path());
  std::string output;
  if (int status = run_program(command, &output)) return refuse(clang, status, output);
  std::string linker = find_program("ld");
  if (linker.empty()) {
    return fail(out_error, PLX_UNSUPPORTED,
                "cuda-emulated: 'ld', which links kernels, is not on PATH (Debian: binutils)");
  }
  output.clear();
  int status = run_program({linker, "-shared", "--no-undefined", "-o", draft.path(), object.path(),
                            this_library(), "-lm", "-lc"},
                           &output);
  if (status != 0) return refuse(linker, status, output);
  if (!draft.publish()) return fail(out_error, PLX_IO, "cuda-emulated: cannot write " + path);
  return PLX_OK;
}

}  // namespace

plx_status find_clang(std::string *out_path, plx_error *out_error) {
  const char *given = getenv("PLEXUS_EMULATOR_CLANG");
  std::string name = given != nullptr && *given != 0 ? given : "clang-22";
  *out_path = find_program(name);
  if (!out_path->empty()) return PLX_OK;
  return fail(out_error, PLX_UNSUPPORTED,
              "cuda-emulated: '" + name +
                  "', which compiles kernels for the emulator, was not found; install clang 22 "
                  "(Debian: clang-22), or name it in PLEXUS_EMULATOR_CLANG");
}

plx_status compile(const std::string &source, std::string *out_path, plx_error *out_error) {
  std::string clang, folder;
  if (plx_status status = find_clang(&clang, out_error)) return status;
  if (plx_status status = cache_folder(&folder, out_error)) return status;
  std::vector<std::string> parts = {plx_emu_header, clang, source};
  parts.insert(parts.end(), flags().begin(), flags().end());
  *out_path = folder + "/" + hash(parts) + ".so";
  if (exists(*out_path)) return PLX_OK;
  return build(clang, folder, source, *out_path, out_error);
}

}  // namespace plx_emulator
