// plexus check: cases, each in a process of its own.
//
// This process opens the compiler once and forks a child a case, which inherits it: a case costs a
// fork instead of loading LLVM, and one that crashes or hangs takes nothing else along. No thread
// runs here when it forks.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <regex>
#include <sstream>
#include <thread>

#include "tools/plexus/CheckCase.h"
#include "tools/plexus/Compiler.h"
#include "tools/plexus/Failure.h"
#include "tools/plexus/Json.h"
#include "tools/plexus/Outputs.h"

namespace plx {
namespace {

using Clock = std::chrono::steady_clock;

std::string readRest(int file) {
  std::string out;
  char buffer[4096];
  for (ssize_t count; (count = read(file, buffer, sizeof buffer)) > 0;)
    out.append(buffer, static_cast<size_t>(count));
  return out;
}

/// Lines joined, indentation dropped; cut where it is long (the JSON has all of it).
std::string oneLine(const std::string &text) {
  constexpr size_t kMost = 500;
  std::string out;
  for (char c : text) {
    if (c == '\n') c = ' ';
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  return out.size() <= kMost ? out : out.substr(0, kMost) + "...";
}

/// A result as a child writes it: kind, reason, and each after a NUL its figures and exempt dims.
std::string encoded(const CaseResult &result) {
  char figures[80];
  std::snprintf(figures, sizeof figures, "%lld %lld %.17g",
                static_cast<long long>(result.gradient.elements),
                static_cast<long long>(result.gradient.kinks), result.gradient.worst);
  std::string text = static_cast<char>(result.kind) + result.reason;
  text += '\0' + std::string(figures);
  for (const std::string &dim : result.exempt) text += '\0' + dim;
  return text;
}
CaseResult decoded(const std::string &text) {
  std::vector<std::string> parts;
  for (size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find('\0', begin);
    parts.push_back(text.substr(begin, end - begin));
  }
  CaseResult result{static_cast<CaseResult::Kind>(parts[0][0]), parts[0].substr(1)};
  if (parts.size() < 2) return result;
  std::istringstream figures(parts[1]);
  figures >> result.gradient.elements >> result.gradient.kinks >> result.gradient.worst;
  result.exempt.assign(parts.begin() + 2, parts.end());
  return result;
}

/// A child process that runs one case.
class Worker {
 public:
  Worker(size_t index, const std::string &path, const CheckOptions &options)
      : index_(index), begin_(Clock::now()) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Failure("no pipe can be made");
    messages_ = memfd_create("messages", MFD_CLOEXEC);
    fflush(nullptr);
    child_ = fork();
    if (child_ < 0) throw Failure("no process can be started");
    if (child_ == 0) runChild(path, options, ends[1]);
    close(ends[1]);
    result_ = ends[0];
    fcntl(result_, F_SETFL, O_NONBLOCK);
  }
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;
  ~Worker() {
    if (child_ > 0) {  // an exception passes by
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(result_);
    close(messages_);
  }

  size_t index() const { return index_; }
  int result() const { return result_; }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  /// Takes what the child has written; true once it has closed its end.
  bool drain() {
    char buffer[4096];
    ssize_t count;
    while ((count = read(result_, buffer, sizeof buffer)) > 0)
      text_.append(buffer, static_cast<size_t>(count));
    return count == 0;
  }
  CaseResult finish(bool timedOut) {
    if (timedOut) kill(child_, SIGKILL);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    if (timedOut)
      return {CaseResult::Kind::Failed,
              "timed out after " + std::to_string(static_cast<int>(seconds())) + " s"};
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !text_.empty()) return decoded(text_);
    return {CaseResult::Kind::Failed, crashReason(status)};
  }

 private:
  [[noreturn]] void runChild(const std::string &path, const CheckOptions &options, int out) const {
    // What a case prints goes to where its crash report comes from.
    dup2(messages_, STDOUT_FILENO);
    dup2(messages_, STDERR_FILENO);
    CaseResult result = runCase(path, options);
    std::string text = encoded(result);
    ssize_t written = 0;
    for (size_t at = 0; at < text.size() && written >= 0; at += static_cast<size_t>(written))
      written = write(out, text.data() + at, text.size() - at);
    // No destructors: the result is all that counts, and a case's memory dies with it.
    _exit(written < 0);
  }
  std::string crashReason(int status) const {
    std::string reason = WIFSIGNALED(status)
                             ? "crashed with signal " + std::to_string(WTERMSIG(status)) + " (" +
                                   strsignal(WTERMSIG(status)) + ")"
                             : "ended with exit code " + std::to_string(WEXITSTATUS(status)) +
                                   " and without a result";
    lseek(messages_, 0, SEEK_SET);
    std::string said = readRest(messages_);
    constexpr size_t kMost = 2000;
    if (said.size() > kMost) said = "..." + said.substr(said.size() - kMost);
    return said.empty() ? reason : reason + "\n" + said;
  }

  size_t index_;
  Clock::time_point begin_;
  pid_t child_ = -1;
  int result_ = -1, messages_ = -1;
  std::string text_;
};

class Checker {
 public:
  Checker(std::vector<std::string> cases, const CheckOptions &options)
      : cases_(std::move(cases)),
        options_(options),
        results_(cases_.size()),
        seconds_(cases_.size()) {}

  void run() {
    size_t next = 0;
    while (next < cases_.size() || !workers_.empty()) {
      while (next < cases_.size() && workers_.size() < static_cast<size_t>(options_.jobs)) {
        workers_.push_back(std::make_unique<Worker>(next, cases_[next], options_));
        ++next;
      }
      waitForOne();
    }
  }

  int count(CaseResult::Kind kind) const {
    return static_cast<int>(std::count_if(results_.begin(), results_.end(),
                                          [&](const CaseResult &r) { return r.kind == kind; }));
  }
  std::string totals() const {
    return std::to_string(count(CaseResult::Kind::Passed)) + " passed, " +
           std::to_string(count(CaseResult::Kind::Failed)) + " failed, " +
           std::to_string(count(CaseResult::Kind::Skipped)) + " skipped";
  }
  /// What --symbolic has left as it was: "N dims of N cases ...".
  std::string exemptions() const {
    size_t dims = 0, cases = 0;
    for (const CaseResult &result : results_) {
      dims += result.exempt.size();
      cases += !result.exempt.empty();
    }
    return std::to_string(dims) + " dims of " + std::to_string(cases) +
           " cases keep their size, which gives a rank";
  }
  Json json() const {
    Json list = Json::array();
    for (size_t i = 0; i < cases_.size(); ++i) {
      Json item = Json::object();
      item.set("case", cases_[i]).set("result", wordOf(results_[i].kind));
      if (!results_[i].reason.empty()) item.set("reason", results_[i].reason);
      Json exempt = Json::array();
      for (const std::string &dim : results_[i].exempt) exempt.push(dim);
      if (options_.symbolic) item.set("exempt", std::move(exempt));
      if (options_.gradient)
        item.set("elements", results_[i].gradient.elements)
            .set("kinks", results_[i].gradient.kinks)
            .set("worst", results_[i].gradient.worst);
      list.push(item.set("seconds", seconds_[i]));
    }
    return Json::object()
        .set("passed", count(CaseResult::Kind::Passed))
        .set("failed", count(CaseResult::Kind::Failed))
        .set("skipped", count(CaseResult::Kind::Skipped))
        .set("device", options_.common.device)
        .set("cases", std::move(list));
  }

 private:
  static const char *wordOf(CaseResult::Kind kind) {
    if (kind == CaseResult::Kind::Passed) return "passed";
    return kind == CaseResult::Kind::Failed ? "failed" : "skipped";
  }

  void waitForOne() {
    std::vector<struct pollfd> files;
    for (const auto &worker : workers_) files.push_back({worker->result(), POLLIN, 0});
    poll(files.data(), files.size(), 200);
    for (size_t i = workers_.size(); i-- > 0;) {
      Worker &worker = *workers_[i];
      bool ended = worker.drain();
      bool timedOut = !ended && worker.seconds() > options_.timeoutSeconds;
      if (!ended && !timedOut) continue;
      seconds_[worker.index()] = worker.seconds();
      note(worker.index(), worker.finish(timedOut));
      workers_.erase(workers_.begin() + static_cast<ptrdiff_t>(i));
    }
  }

  void note(size_t index, CaseResult result) {
    results_[index] = std::move(result);
    const CaseResult &noted = results_[index];
    if (options_.json == "-") return;
    for (const std::string &dim : noted.exempt)
      printf("exempt %s: %s\n", cases_[index].c_str(), dim.c_str());
    if (noted.kind == CaseResult::Kind::Passed) return;
    printf("%s %s: %s\n", noted.kind == CaseResult::Kind::Failed ? "FAILED" : "skipped",
           cases_[index].c_str(), oneLine(noted.reason).c_str());
    fflush(stdout);
  }

  std::vector<std::string> cases_;
  const CheckOptions &options_;
  std::vector<CaseResult> results_;
  std::vector<double> seconds_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

std::vector<std::string> selectCases(const CheckOptions &options) {
  std::vector<std::string> cases;
  std::regex filter;
  try {
    filter = std::regex(options.filter);
  } catch (const std::regex_error &error) {
    throw Failure("--filter '" + options.filter + "' is no regular expression: " + error.what(),
                  kWrongUsage);
  }
  for (const std::string &path : options.paths)
    for (std::string &found : findCases(path))
      if (options.filter.empty() || std::regex_search(found, filter))
        cases.push_back(std::move(found));
  if (cases.empty())
    throw Failure("there is no case under '" + options.paths[0] + "'" +
                  (options.filter.empty() ? "" : " that matches '" + options.filter + "'") +
                  ": expected folders with model.onnx and test_data_set_0");
  return cases;
}

}  // namespace

int checkCommand(const CheckOptions &given) {
  CheckOptions options = given;
  int cpus = std::max(1u, std::thread::hardware_concurrency());
  if (options.jobs == 0) options.jobs = cpus;
  // Cases at once share the CPUs.
  if (options.common.threads == 0) options.common.threads = std::max(1, cpus / options.jobs);
  std::vector<std::string> cases = selectCases(options);
  Compiler::get().warmUp();
  Checker checker(std::move(cases), options);
  checker.run();
  if (!options.json.empty()) writeText(options.json, checker.json().str() + "\n");
  if (options.symbolic && options.json != "-") printf("%s\n", checker.exemptions().c_str());
  if (options.json != "-") printf("%s\n", checker.totals().c_str());
  return checker.count(CaseResult::Kind::Failed) == 0 ? kDone : kWorkFailed;
}

}  // namespace plx
