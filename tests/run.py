#!/usr/bin/env python3
"""Runs suites of a built tree and sums them: the last line is `N passed, N failed, N skipped`, exit 1 if any failed.

  tests/run.py [--build DIR] [--suite DIR] SUITE...
    house       tools/dev/check.sh: format, layers, sizes, each op's duties and tests, symbols of what is built
    unit        GoogleTest executables, by ctest
    lit         tests/ops, tests/lit, tests/errors
    fuzz        random programs on the CPU by plexus-fuzz           (the same ones each time, and gradients; five minutes at most)
    suite       the ONNX backend suite by `plexus check`            (dumped by tests/conformance/prepare.sh)
    symbolic    every tenth case of it with `--symbolic`; symbolic-full: all
    reference   every tenth case of it on the reference evaluator; reference-full: all
    gradients   every twentieth case of it by `plexus check --gradient`; gradients-full: all, and their table
    sanitized   every twentieth case of it by a `plexus` with sanitizers, whose build has no suite of its own (--suite);
                sanitized-full: all
    own         operators and versions of operators that the suite leaves out, by `plexus check`     (written likewise)
    bad         bad input for each family of operators, on the CPU and on the reference evaluator (tests/conformance/bad_cases.py)
    contrib     com.microsoft's operators by `plexus check`         (written by tests/conformance/prepare.sh)
    roundtrip   cases of the suite with floats, each tenth, and small shared models, written out as ONNX by `plexus compile`:
                onnx's checker, `plexus check` and (models) onnxruntime; roundtrip-all: all such cases
    zoo         architectures of `plexus zoo` and layers of the builder: onnx's checker, onnxruntime, and training (tests/conformance/zoo.py)
    emulated    every tenth case of the suite, and shared models whose file has less than 512 kB, with `--device cuda-emulated`
                (tests/emulator; two minutes of CPU); emulated-full: all, and models under 5 MB (some minutes each)
    cubins      every kernel of some cases and a model compiled by NVRTC for sm_80 and sm_90, which needs no GPU: no warnings, and
                no spills in matmul, conv and attention (tests/gpu/cubins.py; ten seconds); cubins-full: of all cases, yolox_nano
                and, of the skeletons, resnet50, bert_base and gpt2_small (half an hour)
    kit         what tests/gpu/kit.sh packs for a machine with a GPU, packed for the emulator and run (two minutes of CPU)
    resume      ten training runs killed at random instants and resumed (tests/conformance/resume.py); resume-full: a hundred
    models      shared models by `plexus check`                     (../shared/models, or $PLEXUS_MODELS)
    skeletons   full-size models by `plexus check`                  (filled by tests/conformance/prepare.sh --skeletons)

A suite that has nothing to run says so by name. A runner that dies without its figures counts as one failure.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LLVM_TOOLS = "/usr/lib/llvm-22/bin"
SUITES = """house unit lit fuzz suite symbolic symbolic-full reference reference-full gradients gradients-full sanitized
sanitized-full own bad contrib roundtrip roundtrip-all zoo resume resume-full emulated emulated-full cubins cubins-full kit models
skeletons""".split()
JOBS = str(os.cpu_count() or 1)


def say(text):
    print(text, flush=True)


def run_house(build):
    ran = subprocess.Popen(["bash", os.path.join(ROOT, "tools", "dev", "check.sh"), build], cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace")
    return closing_figures("house", "tools/dev/check.sh", ran)


def run_unit(build):
    """(passed, failed, skipped), one a GoogleTest case; an executable that wrote no figures is one failure."""
    for old in glob.glob(os.path.join(build, "results", "unit-*.json")):
        os.remove(old)
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True, check=True)
    names = [t["name"] for t in json.loads(listed.stdout)["tests"]]
    if not names:
        say("unit: no tests")
        return 0, 0, 0
    ran = subprocess.run(["ctest", "--test-dir", build, "-j", JOBS, "--output-on-failure", "--timeout", "600"])
    passed = failed = skipped = 0
    for name in names:
        path = os.path.join(build, "results", name + ".json")
        try:
            with open(path) as file:
                cases = [c for suite in json.load(file)["testsuites"] for c in suite["testsuite"]]
        except (OSError, ValueError):
            say(f"unit: {name} ended without its figures")
            failed += 1
            continue
        for case in cases:
            if case.get("failures"):
                failed += 1
            elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                say(f"unit: skipped {case['classname']}.{case['name']}")
                skipped += 1
            else:
                passed += 1
    if ran.returncode and not failed:  # for example a sanitizer's report at exit, after all cases passed
        failed = 1
    return passed, failed, skipped


def run_lit(build):
    folders = [os.path.join(ROOT, "tests", name) for name in ("ops", "lit", "errors")]
    folders = [f for f in folders if any(n.endswith((".mlir", ".test")) for _, _, names in os.walk(f) for n in names)]
    if not folders:
        say("lit: no tests")
        return 0, 0, 0
    results = os.path.join(build, "results", "lit.json")
    os.makedirs(os.path.dirname(results), exist_ok=True)
    if os.path.exists(results):
        os.remove(results)
    command = [os.path.join(LLVM_TOOLS, "lit"), "-v", "-j", JOBS, "--timeout", "300", "--param", f"build={build}", "-o", results]
    ran = subprocess.run(command + folders)
    try:
        with open(results) as file:
            codes = [t["code"] for t in json.load(file)["tests"]]
    except (OSError, ValueError):
        say(f"lit ended with {ran.returncode} and without its figures")
        return 0, 1, 0
    passed = sum(c in ("PASS", "XFAIL", "FLAKYPASS") for c in codes)
    skipped = sum(c in ("UNSUPPORTED", "SKIPPED", "EXCLUDED") for c in codes)
    return passed, len(codes) - passed - skipped, skipped


def run_fuzz(build):
    """(passed, failed, skipped), one a program; programs that fail are written, made small, to results/."""
    fuzz = os.path.join(build, "bin", "plexus-fuzz")
    if not os.path.exists(fuzz):
        say(f"fuzz: {fuzz} was not built: its programs are not run")
        return 0, 0, 0
    results = os.path.join(build, "results")
    os.makedirs(results, exist_ok=True)
    figures = (0, 0, 0)
    for options in (["--count", "2500", "--seconds", "180"], ["--gradient", "--count", "400", "--seconds", "90"]):
        command = [fuzz, "--seed", "1", *options, "--out", results]
        ran = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace")
        figures = tuple(map(sum, zip(figures, closing_figures("fuzz", "plexus-fuzz", ran))))
    return figures


def closing_figures(name, program, ran, quiet=False, only=""):
    """Passes on what a running program prints (or not: quiet; or only lines that begin so) until its closing line, which holds the
    figures."""
    figures = None
    for line in ran.stdout:
        figures = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", line.strip())
        if not figures and not quiet and line.startswith(only):  # a failing case and its reason
            print(line, end="", flush=True)
    code = ran.wait()
    if not figures:
        say(f"{name}: {program} ended with {code} and without a closing line")
        return 0, 1, 0
    return tuple(map(int, figures.groups()))


def known_failures(list_name):
    """Cases of the suite that are known to fail, as KIND/NAME. The list may only shrink."""
    with open(os.path.join(ROOT, "tests", "conformance", list_name)) as file:
        lines = [line.split("#")[0].strip() for line in file]
    return {line for line in lines if line}


def compare_with_known(name, folder, list_name, results):
    """(passed, failed, skipped) of cases whose failures are compared with the list: one that is not in it fails, one
    that is in it and passes fails too, until it is taken out; the rest of the list counts as skipped."""
    known = known_failures(list_name)
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    num_known = 0
    for case in results["cases"]:
        key = os.path.relpath(os.path.realpath(case["case"]), os.path.realpath(folder))
        result = case["result"]
        if key in known and result == "failed":
            num_known += 1
            result = "skipped"
        elif key in known and result == "passed":
            say(f"FAILED {key}: passes now; take it out of tests/conformance/{list_name}")
            result = "failed"
        elif result == "failed":
            say(f"FAILED {key}: {' '.join(case.get('reason', '').split())}"[:600])
        totals[result] += 1
    say(f"{name}: {num_known} cases fail as known, counted as skipped")
    return totals["passed"], totals["failed"], totals["skipped"]


def run_check(build, name, folders, known_of=None, list_name="known-failures.txt", flags=()):
    """`plexus check` on the folders that exist; its closing line holds the figures. With `known_of`, a folder of cases,
    failures are compared with a list of known ones."""
    plexus = os.path.join(build, "bin", "plexus")
    there = [f for f in folders if os.path.isdir(f)]
    for folder in sorted(set(folders) - set(there)):
        say(f"{name}: {folder} is absent: its cases are not run")
    if not there:
        return 0, 0, 0
    if not os.path.exists(plexus):
        say(f"{name}: {plexus} was not built: its cases are not run")
        return 0, 0, 1
    path = os.path.join(build, "results", f"check-{name}.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        os.remove(path)
    command = [plexus, "check", *there, *flags, "--jobs", JOBS, "--json", path]
    ran = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace")
    figures = closing_figures(name, "plexus check", ran, quiet=known_of is not None)
    if not known_of or not os.path.exists(path):
        return figures
    with open(path) as file:
        return compare_with_known(name, known_of, list_name, json.load(file))


def suite_cases(suite, step, kinds="*"):
    return sorted(os.path.dirname(p) for p in glob.glob(os.path.join(suite, kinds, "*", "model.onnx")))[::step]


def run_cases(build, suite, name, step, list_name, flags=()):
    """The suite run in another way: every `step`-th case by name."""
    return run_check(build, name, suite_cases(suite, step) or [suite], suite, list_name, flags)


def run_gradients(build, suite, name, step):
    """Derivatives of every `step`-th case against differences. Not of the light models (real/): their weights are all one
    number, so that outputs do not depend on inputs and what is left of gradients is rounding."""
    cases = suite_cases(suite, step, "[!r]*") or [suite]
    figures = run_check(build, name, cases, suite, "known-failures-gradient.txt", ["--gradient"])
    results = os.path.join(build, "results", f"check-{name}.json")
    if os.path.exists(results):
        python = os.path.join(os.environ["PLEXUS_DEPS"], "venv", "bin", "python")
        with open(os.path.join(build, "results", f"{name}.md"), "w") as table:
            subprocess.run([python, os.path.join(ROOT, "tests", "conformance", "gradients.py"), results], stdout=table, check=True)
        say(f"{name}: the table by operator is {table.name}")
    return figures


def run_bad(build):
    """(passed, failed, skipped): models and inputs that must be refused."""
    python = os.path.join(os.environ["PLEXUS_DEPS"], "venv", "bin", "python")
    script = [python, "-W", "ignore", os.path.join(ROOT, "tests", "conformance", "bad_cases.py"), os.path.join(build, "bin", "plexus")]
    totals = [0, 0, 0]
    for device in ("cpu", "reference"):
        ran = subprocess.Popen([*script, os.path.join(build, "bad"), "--device", device], stdout=subprocess.PIPE, text=True, errors="replace")
        totals = [a + b for a, b in zip(totals, closing_figures("bad", "bad_cases.py", ran))]
    return tuple(totals)


def run_roundtrip(build, suite, models, every):
    """(passed, failed, skipped): what export makes of cases, and whether it gives their outputs again."""
    python = os.path.join(os.environ["PLEXUS_DEPS"], "venv", "bin", "python")
    out = os.path.join(build, "roundtrip")
    shutil.rmtree(out, ignore_errors=True)
    script = [python, os.path.join(ROOT, "tests", "conformance", "roundtrip.py"), os.path.join(build, "bin", "plexus")]
    totals = [0, 0, 0]

    def add(folder, options, known):
        if not os.path.isdir(folder):
            say(f"roundtrip: {folder} is absent: its cases are not run")
            return
        to = os.path.join(out, os.path.basename(folder))
        ran = subprocess.Popen([*script, folder, to, *options], stdout=subprocess.PIPE, text=True, errors="replace")
        _, failed, skipped = closing_figures("roundtrip", "roundtrip.py", ran)
        passed, wrong, other = run_check(build, "roundtrip", [to], to if known else None)
        for i, figure in enumerate((passed, failed + wrong, skipped + other)):
            totals[i] += figure

    add(suite, ["--float", "--every", str(every)], True)
    add(models, ["--onnxruntime", "--max-bytes", "5000000"], False)
    return tuple(totals)


def run_zoo(build):
    python = os.path.join(os.environ["PLEXUS_DEPS"], "venv", "bin", "python")
    script = [python, os.path.join(ROOT, "tests", "conformance", "zoo.py"), os.path.join(build, "bin", "plexus"), os.path.join(build, "zoo")]
    return closing_figures("zoo", "zoo.py", subprocess.Popen(script, stdout=subprocess.PIPE, text=True, errors="replace"))


def emulator_lacks(build):
    """What the device cuda-emulated needs and is not there, or ""."""
    if not os.path.exists(os.path.join(build, "lib", "libplexus_emulator.so")):
        return "libplexus_emulator.so was not built"
    return "" if shutil.which(os.environ.get("PLEXUS_EMULATOR_CLANG", "clang-22")) else "clang-22 is not installed"


def nvrtc_lacks(build):
    path = os.environ.get("PLEXUS_NVRTC", os.path.join(build, "lib", "libnvrtc.so.13"))
    return "" if os.path.exists(path) else f"{path} is not there (tools/setup.sh --tests and tests/conformance/prepare.sh bring NVRTC)"


def run_emulated(build, suite, name, models, step, most_bytes, large):
    """Cases of the suite, small models and these large ones on the CUDA emulator. What passes on the CPU passes there: the list of known failures
    is the CPU's."""
    if reason := emulator_lacks(build):
        say(f"{name}: {reason}: its cases are not run")
        return 0, 0, 1
    files = sorted(glob.glob(os.path.join(models, "*", "*", "model.onnx")))
    small = [os.path.dirname(file) for file in files if os.path.getsize(file) < most_bytes and "skeletons" not in file]
    if not small:
        say(f"{name}: {models} is absent: no models")
    for model in large:
        if os.path.exists(os.path.join(build, "models", model, "model.onnx")):
            small.append(os.path.join(build, "models", model))
        else:
            say(f"{name}: {build}/models/{model} is absent (tests/conformance/prepare.sh --skeletons): it is not run")
    return run_check(build, name, (suite_cases(suite, step) or [suite]) + small, suite, "known-failures.txt",
                     ["--device", "cuda-emulated", "--timeout", "1800"])


def run_cubins(build, suite, name, models, full):
    if reason := nvrtc_lacks(build):
        say(f"{name}: {reason}: nothing is compiled")
        return 0, 0, 1
    sample = ("test_attention_4d_causal", "test_conv_with_strides_padding", "test_lstm_defaults")
    cases = sorted(glob.glob(os.path.join(suite, "*", "*"))) if full else [os.path.join(suite, "node", c) for c in sample]
    cases.append(os.path.join(models, "exported", "digits_vit_trained"))
    if full:
        cases.append(os.path.join(models, "real", "yolox_nano"))
        cases += [os.path.join(build, "models", model) for model in ("resnet50", "bert_base", "gpt2_small")]
    there = [c for c in cases if os.path.exists(os.path.join(c, "model.onnx"))]
    for case in sorted(set(cases) - set(there)):
        say(f"{name}: {case} is absent: its kernels are not compiled")
    if not there:
        return 0, 0, 0
    os.makedirs(os.path.join(build, "results"), exist_ok=True)
    command = [sys.executable, os.path.join(ROOT, "tests", "gpu", "cubins.py"), os.path.join(build, "bin", "plexus"),
               os.path.join(build, "cubins"), *[os.path.join(c, "model.onnx") for c in there],
               "--report", os.path.join(build, "results", f"{name}.md")]
    return closing_figures(name, "cubins.py", subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace"))


def run_kit(build, models):
    """(passed, failed, skipped) of the kit's own run; a case that does not compile is a failure."""
    reason = emulator_lacks(build) or ("" if os.path.isdir(os.path.join(build, "suite")) else f"{build}/suite is absent")
    if reason:
        say(f"kit: {reason}: it is not packed")
        return 0, 0, 1
    kit = os.path.join(build, "kit")
    environment = dict(os.environ, BUILD=build, PLEXUS_MODELS=models)
    packed = subprocess.run([os.path.join(ROOT, "tests", "gpu", "kit.sh"), kit, "--device", "cuda-emulated", "--model-kb", "512"],
                            stdout=subprocess.PIPE, text=True, errors="replace", env=environment)
    refused = [line for line in packed.stdout.splitlines() if line.startswith("kit:")]
    for line in refused:
        say(f"FAILED {line}"[:600])
    if packed.returncode:
        say(f"kit: kit.sh ended with {packed.returncode}")
        return 0, 1 + len(refused), 0
    environment["PLEXUS_EMULATOR"] = os.path.join(build, "lib", "libplexus_emulator.so")
    ran = subprocess.Popen([os.path.join(kit, "run.sh")], stdout=subprocess.PIPE, text=True, errors="replace", env=environment)
    passed, failed, skipped = closing_figures("kit", "run.sh", ran, only="FAILED")  # without its table of times
    return passed, failed + len(refused), skipped


def run_resume(build, rounds):
    python = os.path.join(os.environ["PLEXUS_DEPS"], "venv", "bin", "python")
    script = [python, os.path.join(ROOT, "tests", "conformance", "resume.py"), os.path.join(build, "bin", "plexus"), os.path.join(build, "resume"), str(rounds)]
    return closing_figures("resume", "resume.py", subprocess.Popen(script, stdout=subprocess.PIPE, text=True, errors="replace"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--suite", help="where the dumped ONNX suite is: BUILD/suite where this is left out")
    parser.add_argument("suites", nargs="+", choices=SUITES)
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    suite = os.path.abspath(arguments.suite or os.path.join(build, "suite"))
    os.environ.setdefault("PLEXUS_DEPS", os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "plexus-deps"))
    # LLVM's allocator, when built here, marks memory that its shared library, which is not sanitized, hands out.
    os.environ.setdefault("ASAN_OPTIONS", "allow_user_poisoning=0")
    os.environ["XDG_CACHE_HOME"] = os.path.join(build, "cache")  # a compile cache of the tests' own
    models = os.environ.get("PLEXUS_MODELS", os.path.join(ROOT, "..", "shared", "models"))
    runners = {
        "house": lambda: run_house(build),
        "unit": lambda: run_unit(build),
        "lit": lambda: run_lit(build),
        "fuzz": lambda: run_fuzz(build),
        "suite": lambda: run_check(build, "suite", [suite], suite),
        "symbolic": lambda: run_cases(build, suite, "symbolic", 10, "known-failures-symbolic.txt", ["--symbolic"]),
        "symbolic-full": lambda: run_cases(build, suite, "symbolic-full", 1, "known-failures-symbolic.txt", ["--symbolic"]),
        "reference": lambda: run_cases(build, suite, "reference", 10, "known-failures.txt", ["--device", "reference"]),
        "reference-full": lambda: run_cases(build, suite, "reference-full", 1, "known-failures.txt", ["--device", "reference"]),
        "gradients": lambda: run_gradients(build, suite, "gradients", 20),
        "gradients-full": lambda: run_gradients(build, suite, "gradients-full", 1),
        "sanitized": lambda: run_cases(build, suite, "sanitized", 20, "known-failures.txt"),
        "sanitized-full": lambda: run_cases(build, suite, "sanitized-full", 1, "known-failures.txt"),
        "own": lambda: run_check(build, "own", [os.path.join(build, "own")]),
        "bad": lambda: run_bad(build),
        "contrib": lambda: run_check(build, "contrib", [os.path.join(build, "contrib")]),
        "roundtrip": lambda: run_roundtrip(build, suite, models, 10),
        "roundtrip-all": lambda: run_roundtrip(build, suite, models, 1),
        "zoo": lambda: run_zoo(build),
        "emulated": lambda: run_emulated(build, suite, "emulated", models, 10, 512_000, []),
        "emulated-full": lambda: run_emulated(build, suite, "emulated-full", models, 1, 5_000_000, ["resnet50"]),
        "cubins": lambda: run_cubins(build, suite, "cubins", models, False),
        "cubins-full": lambda: run_cubins(build, suite, "cubins-full", models, True),
        "kit": lambda: run_kit(build, models),
        "resume": lambda: run_resume(build, 10),
        "resume-full": lambda: run_resume(build, 100),
        "models": lambda: run_check(build, "models", [os.path.join(models, kind) for kind in ("real", "exported")]),
        "skeletons": lambda: run_check(build, "skeletons", [os.path.join(build, "models")]),
    }
    totals = [0, 0, 0]
    for name in arguments.suites:
        figures = runners[name]()
        say("%-10s %5d passed, %d failed, %d skipped" % (name, *figures))
        totals = [a + b for a, b in zip(totals, figures)]
    say("%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
