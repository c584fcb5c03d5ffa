#include "tests/emulator/compile.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <sstream>

#include "tests/emulator/error.h"
#include "tests/emulator/process.h"

extern "C" const char plx_emu_header[];

namespace plx_emulator {
namespace {

// Comments and literals as blanks, so that positions stay.
std::string blanked(const std::string &source) {
  std::string result = source;
  auto blank = [&](size_t from, size_t to) {
    for (size_t i = from; i < to && i < result.size(); ++i) {
      if (result[i] != '\n') result[i] = ' ';
    }
    return to;
  };
  for (size_t i = 0; i < source.size();) {
    if (source.compare(i, 2, "//") == 0) {
      i = blank(i, std::min(source.find('\n', i), source.size()));
    } else if (source.compare(i, 2, "/*") == 0) {
      size_t end = source.find("*/", i + 2);
      i = blank(i, end == std::string::npos ? source.size() : end + 2);
    } else if (source[i] == '"' || source[i] == '\'') {
      size_t end = i + 1;
      while (end < source.size() && source[end] != source[i] && source[end] != '\n') {
        end += source[end] == '\\' ? 2 : 1;
      }
      // A quote between digits (1'000) ends with the line at the latest.
      i = blank(i + 1, std::min(end, source.size())) + 1;
    } else {
      ++i;
    }
  }
  return result;
}

bool is_word(char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Position after the parenthesis that closes the one at `open`.
size_t after_parentheses(const std::string &code, size_t open) {
  int depth = 0;
  for (size_t i = open; i < code.size(); ++i) {
    depth += code[i] == '(' ? 1 : code[i] == ')' ? -1 : 0;
    if (depth == 0) return i + 1;
  }
  return code.size();
}

// All dynamic shared memory is one array of the plugin, whatever a kernel calls it:
//   extern __shared__ unsigned char NAME[];
//   -> extern unsigned char NAME[] __asm__("plx_emu_dynamic_shared");
std::string with_dynamic_shared(std::string source) {
  static const char kWord[] = "__shared__";
  std::string code = blanked(source);
  for (size_t at = code.rfind(kWord); at != std::string::npos; at = code.rfind(kWord, at - 1)) {
    size_t before = code.find_last_not_of(" \t\n", at - 1);
    bool dynamic =
        before != std::string::npos && before >= 5 && code.compare(before - 5, 6, "extern") == 0;
    size_t end = code.find(';', at);
    if (dynamic && end != std::string::npos) {
      source.insert(end, " __asm__(\"plx_emu_dynamic_shared\")");
      source.erase(at, sizeof kWord - 1);
    }
    if (at == 0) break;
  }
  return source;
}

const std::vector<std::string> &flags() {
  // See README.md, "Instrumentation".
  static const std::vector<std::string> all = [] {
    std::vector<std::string> result = {"-xc++",
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
                                       "-ffp-contract=off",
                                       "-fdeclspec",
                                       "-fvisibility=hidden",
                                       "-fno-plt",
                                       "-fno-caret-diagnostics",
                                       "-fno-color-diagnostics",
                                       "-fmax-errors=5",
                                       "-fsanitize=thread,array-bounds",
                                       "-fsanitize-recover=array-bounds",
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

// What clang is given: the header, the text, and a description of each kernel for those that call.
std::string translation_unit(const std::string &source) {
  std::string unit = text("#line 1 \"emulated.cuh\"\n%s\n#line 1 \"kernel.cu\"\n", plx_emu_header);
  unit += with_dynamic_shared(source) + "\n#line 1 \"calls\"\n";
  for (const std::string &name : kernel_names(source)) unit += "PLX_EMU_KERNEL(" + name + ")\n";
  return unit;
}

std::string first_lines(const std::string &output, size_t count) {
  std::istringstream lines(output);
  std::string result;
  for (std::string line; count > 0 && std::getline(lines, line);) {
    if (line.empty() || line.find("error") == std::string::npos) continue;
    result += (result.empty() ? "" : "; ") + line;
    --count;
  }
  return result.empty() ? output.substr(0, 500) : result;
}

bool write_file(const std::string &path, const std::string &bytes) {
  FILE *file = fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  bool whole = fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return fclose(file) == 0 && whole;
}

plx_status build(const std::string &clang, const std::string &source, const std::string &path,
                 plx_error *out_error) {
  static std::atomic<int> number = 0;
  std::string draft = path + text(".%d.%d", static_cast<int>(getpid()), ++number);
  std::string input = draft + ".cu";
  if (!write_file(input, translation_unit(source))) {
    return fail(out_error, PLX_IO, "cuda-emulated: " + input + " cannot be written");
  }
  std::vector<std::string> command = {clang};
  command.insert(command.end(), flags().begin(), flags().end());
  for (const char *part : {"-shared", "-nostdlib", "-fuse-ld=lld", "-Wl,--no-undefined", "-o"}) {
    command.push_back(part);
  }
  command.insert(command.end(), {draft, input, "-xnone", this_library(), "-lm", "-lc"});
  std::string output;
  int status = run_program(command, &output);
  unlink(input.c_str());
  if (status == 0 && rename(draft.c_str(), path.c_str()) == 0) return PLX_OK;
  unlink(draft.c_str());
  if (status == 0) return fail(out_error, PLX_IO, "cuda-emulated: " + path + " cannot be written");
  return fail(out_error, PLX_BAD_FORMAT,
              text("cuda-emulated: %s does not compile the kernels (exit %d): %s", clang.c_str(),
                   status, first_lines(output, 5).c_str()));
}

}  // namespace

plx_status find_clang(std::string *out_path, plx_error *out_error) {
  const char *given = getenv("PLEXUS_EMULATOR_CLANG");
  std::string name = given != nullptr && *given != 0 ? given : "clang-22";
  *out_path = find_program(name);
  if (!out_path->empty()) return PLX_OK;
  return fail(out_error, PLX_UNSUPPORTED,
              "cuda-emulated: '" + name +
                  "', which compiles kernels for the emulator, was not found; install clang 22 and "
                  "lld 22 (Debian: clang-22, lld-22), or name it in PLEXUS_EMULATOR_CLANG");
}

std::vector<std::string> kernel_names(const std::string &source) {
  static const std::string kWord = "__global__";
  std::string code = blanked(source);
  std::vector<std::string> names;
  for (size_t at = code.find(kWord); at != std::string::npos; at = code.find(kWord, at)) {
    at += kWord.size();
    std::string word;
    for (; at < code.size() && code[at] != ';' && code[at] != '{'; ++at) {
      if (is_word(code[at])) {
        if (at == 0 || !is_word(code[at - 1])) word.clear();
        word += code[at];
      } else if (code[at] == '(') {
        if (word != "__launch_bounds__" && word != "__attribute__") break;
        at = after_parentheses(code, at) - 1;
      }
    }
    if (at < code.size() && code[at] == '(' && !word.empty()) names.push_back(word);
  }
  return names;
}

plx_status compile(const std::string &source, std::string *out_path, plx_error *out_error) {
  std::string clang, folder;
  if (plx_status status = find_clang(&clang, out_error)) return status;
  if (plx_status status = cache_folder(&folder, out_error)) return status;
  std::vector<std::string> parts = {plx_emu_header, clang, source};
  parts.insert(parts.end(), flags().begin(), flags().end());
  *out_path = folder + "/" + hash(parts) + ".so";
  if (access(out_path->c_str(), R_OK) == 0) return PLX_OK;
  return build(clang, source, *out_path, out_error);
}

}  // namespace plx_emulator
