# lit configuration of tests/ops (an op's syntax, errors and values), tests/lit (passes, import, printing) and tests/errors
# (messages a user can see). The targets check-lit, check-fast and check-all run it; by hand, after a build:
#   /usr/lib/llvm-22/bin/lit -v tests/ops/pad.mlir [--param build=OTHER_BUILD_FOLDER]
import os
import shutil

import lit.formats

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
build = os.path.abspath(lit_config.params.get("build", os.path.join(root, "build")))  # noqa: F821
llvm_tools = lit_config.params.get("llvm_tools", "/usr/lib/llvm-22/bin")  # noqa: F821
models = os.environ.get("PLEXUS_MODELS", os.path.join(root, "..", "shared", "models"))
bin_folder = os.path.join(build, "bin")

config.name = "plexus"  # noqa: F821
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "unit", "conformance", "models", "fuzz", "benchmarks"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = os.path.join(build, "lit")

config.environment["PATH"] = os.pathsep.join([bin_folder, llvm_tools, os.environ["PATH"]])
# A compile cache of the tests' own: a hit left by the user's would hide a fault.
config.environment["XDG_CACHE_HOME"] = os.path.join(build, "cache")
for name in ("HOME", "PLEXUS_NVRTC", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# REQUIRES: models (the shared models are there), suite (the ONNX suite was dumped), plexus (the command line was built), python (that
# of tools/setup.sh --tests, with onnx, is there: %python), examples (of the API for C++), nvrtc, emulator (the device cuda-emulated and
# the clang that it runs), fake-cuda (a CUDA driver of the unit tests' own: %fake_cuda is its folder), train-library (libplexus_train),
# no-sanitizers (the build has none).
deps = os.environ.get("PLEXUS_DEPS", os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "plexus-deps"))
python = os.path.join(deps, "venv", "bin", "python")
config.substitutions += [("%models", models), ("%suite", os.path.join(build, "suite")), ("%python", python),
                         ("%fake_cuda", os.path.join(build, "lib", "fake-cuda")), ("%plexus_build", build)]
# Where sanitizers are on, a C program that is linked with the libraries needs them too; what lld made for itself cannot open them.
with open(os.path.join(build, "CMakeCache.txt")) as file:
    sanitizers = next((line.split("=", 1)[1].strip() for line in file if line.startswith("PLEXUS_SANITIZE:")), "")
config.substitutions.append(("%cc", f"clang-22 -fsanitize={sanitizers} -fno-sanitize=function" if sanitizers else "gcc"))
if not sanitizers:
    config.available_features.add("no-sanitizers")
places = {"python": python, "models": models, "suite": os.path.join(build, "suite", "stamp"), "plexus": os.path.join(bin_folder, "plexus"),
          "examples": os.path.join(bin_folder, "example-digits"),
          "nvrtc": os.environ.get("PLEXUS_NVRTC", os.path.join(build, "lib", "libnvrtc.so.13")),
          "train-library": os.path.join(build, "lib", "libplexus_train.so"),
          "fake-cuda": os.path.join(build, "lib", "fake-cuda", "libcuda.so.1"),
          "emulator": os.path.join(build, "lib", "libplexus_emulator.so") if shutil.which("clang-22") else ""}
config.available_features |= {feature for feature, place in places.items() if os.path.exists(place)}
