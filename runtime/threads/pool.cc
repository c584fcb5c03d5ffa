#include "runtime/threads/pool.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace plx {
namespace {

// About 0.2 ms: longer than the gap between two kernels of a run, short enough not to be felt when
// runs are rare. A futex wake costs 17 to 50 us until the other thread runs; a spin that is met 0.1
// us (measured on Zen 5, 2 CPUs).
constexpr int kSpins = 20000;
// With more threads than CPUs a spinning thread keeps another one from its work.
constexpr int kSpinsWhenCrowded = 200;

void pause_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void futex_wait(std::atomic<uint32_t> *word, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(word), FUTEX_WAIT_PRIVATE, value, nullptr,
          nullptr, 0);
}
void futex_wake(std::atomic<uint32_t> *word) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(word), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr,
          0);
}

// A word on which one thread waits for changes. The waiter says that it sleeps before it looks at
// the word a last time, the other side changes the word before it looks for sleepers, both in one
// total order: no wake is lost.
struct alignas(64) Signal {
  std::atomic<uint32_t> word{0};
  std::atomic<uint32_t> asleep{0};

  // Waits until the word is not `old` and returns it.
  uint32_t wait_change(uint32_t old, int spins) {
    for (int i = 0; i < spins; ++i) {
      uint32_t now = word.load(std::memory_order_acquire);
      if (now != old) return now;
      pause_cpu();
    }
    asleep.store(1, std::memory_order_seq_cst);
    uint32_t now = word.load(std::memory_order_seq_cst);
    while (now == old) {
      futex_wait(&word, old);
      now = word.load(std::memory_order_seq_cst);
    }
    asleep.store(0, std::memory_order_relaxed);
    return now;
  }

  void wake_sleeper() {
    if (asleep.load(std::memory_order_seq_cst) != 0) futex_wake(&word);
  }
};

struct Worker {
  Signal start;  // counts the tasks given to this worker
  Pool *pool;
  int32_t part;
  pthread_t thread;
};

}  // namespace

struct Pool {
  // The task: written before any worker's `start` changes, read by the workers that take part,
  // which the caller awaits.
  plx_task_fn function;
  void *task;
  bool stop;
  int spins;
  int32_t num_workers;
  Worker *workers;
  Signal done;  // its word counts the parts still running
};

namespace {

void finish_part(Pool *pool) {
  if (pool->done.word.fetch_sub(1, std::memory_order_seq_cst) == 1) pool->done.wake_sleeper();
}

void *work(void *argument) {
  auto *worker = static_cast<Worker *>(argument);
  Pool *pool = worker->pool;
  int spins = pool->spins;
  uint32_t seen = 0;
  while (true) {
    seen = worker->start.wait_change(seen, spins);
    if (pool->stop) return nullptr;
    pool->function(pool->task, worker->part);
    finish_part(pool);
  }
}

void start_worker(Worker *worker) {
  worker->start.word.fetch_add(1, std::memory_order_seq_cst);
  worker->start.wake_sleeper();
}

void await_parts(Pool *pool) {
  uint32_t left = pool->done.word.load(std::memory_order_acquire);
  while (left != 0) left = pool->done.wait_change(left, pool->spins);
}

bool start_thread(Worker *worker) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&worker->thread, nullptr, work, worker);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return failed == 0;
}

template <typename T>
T *allocate_aligned(size_t count) {
  void *memory = nullptr;
  if (posix_memalign(&memory, alignof(T) < 64 ? 64 : alignof(T), sizeof(T) * count) != 0)
    return nullptr;
  auto *objects = static_cast<T *>(memory);
  for (size_t i = 0; i < count; ++i) new (&objects[i]) T{};
  return objects;
}

}  // namespace

Pool *create_pool(int32_t threads) {
  Pool *pool = allocate_aligned<Pool>(1);
  if (pool == nullptr) return nullptr;
  pool->spins = threads <= available_cpus() ? kSpins : kSpinsWhenCrowded;
  pool->workers = allocate_aligned<Worker>(static_cast<size_t>(threads - 1));
  if (pool->workers == nullptr) {
    free(pool);
    return nullptr;
  }
  for (int32_t i = 0; i < threads - 1; ++i) {
    Worker *worker = &pool->workers[i];
    worker->pool = pool;
    worker->part = i + 1;
    if (!start_thread(worker)) {
      destroy_pool(pool);
      return nullptr;
    }
    ++pool->num_workers;
  }
  return pool;
}

void destroy_pool(Pool *pool) {
  if (pool == nullptr) return;
  pool->stop = true;
  for (int32_t i = 0; i < pool->num_workers; ++i) start_worker(&pool->workers[i]);
  for (int32_t i = 0; i < pool->num_workers; ++i) pthread_join(pool->workers[i].thread, nullptr);
  free(pool->workers);
  free(pool);
}

void run_on_pool(Pool *pool, int32_t parts, plx_task_fn function, void *task) {
  pool->function = function;
  pool->task = task;
  pool->done.word.store(static_cast<uint32_t>(parts - 1), std::memory_order_seq_cst);
  for (int32_t i = 0; i < parts - 1; ++i) start_worker(&pool->workers[i]);
  function(task, 0);
  await_parts(pool);
}

int32_t available_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    int count = CPU_COUNT(&set);
    if (count > 0) return count;
  }
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : static_cast<int32_t>(online);
}

}  // namespace plx
