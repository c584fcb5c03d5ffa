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

// How long a thread looks for a change before it sleeps. A futex wake costs 17 to 50 us until the
// other thread runs; a spin that is met 0.1 us (measured on Zen 5, 2 CPUs). First about 20 us of
// spinning: longer than most gaps between two kernels. Then about 0.2 ms in which other threads of
// this CPU go first, perhaps the very one that is awaited: long enough for the rest of the gaps,
// too short to be felt when runs are rare.
struct Patience {
  int spins, yields;
};
constexpr Patience kPatience = {2000, 500};
// With more threads than CPUs a spinning thread keeps another one from its work.
constexpr Patience kPatienceWhenCrowded = {200, 0};

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
  uint32_t wait_change(uint32_t old, Patience patience) {
    for (int i = 0; i < patience.spins + patience.yields; ++i) {
      uint32_t now = word.load(std::memory_order_acquire);
      if (now != old) return now;
      i < patience.spins ? pause_cpu() : static_cast<void>(sched_yield());
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

// A part is offered to its worker by making `offer` even, and taken by making it odd: by the
// worker, or by the caller where the worker has not come yet. Whoever takes it runs it; an untaken
// part keeps the task alive, so that a worker that comes late finds nothing, never something old.
constexpr uint32_t kNothingOffered = 1;
struct Worker {
  Signal offer;
  Pool *pool;
  int32_t part;
  pthread_t thread;
};

}  // namespace

struct Pool {
  // The task: written before any part is offered, read by those who have taken one, whom the caller
  // awaits.
  plx_task_fn function;
  void *task;
  bool stop;
  Patience patience;
  int32_t num_workers;
  Worker *workers;
  Signal done;  // its word counts the parts that are not finished
};

namespace {

void finish_part(Pool *pool) {
  if (pool->done.word.fetch_sub(1, std::memory_order_seq_cst) == 1) pool->done.wake_sleeper();
}

void offer_part(Worker *worker) {
  worker->offer.word.fetch_add(1, std::memory_order_seq_cst);
  worker->offer.wake_sleeper();
}

// True for one of those who try, where the part is offered; `out_now`: the offer's word afterwards.
bool take_part(Worker *worker, uint32_t *out_now) {
  uint32_t now = worker->offer.word.load(std::memory_order_acquire);
  while (now % 2 == 0) {
    if (worker->offer.word.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) {
      *out_now = now + 1;
      return true;
    }
  }
  *out_now = now;
  return false;
}

void *work(void *argument) {
  auto *worker = static_cast<Worker *>(argument);
  Pool *pool = worker->pool;
  Patience patience = pool->patience;
  uint32_t seen = kNothingOffered;
  while (true) {
    worker->offer.wait_change(seen, patience);
    if (!take_part(worker, &seen)) continue;
    if (pool->stop) return nullptr;
    pool->function(pool->task, worker->part);
    finish_part(pool);
  }
}

void await_parts(Pool *pool) {
  uint32_t left = pool->done.word.load(std::memory_order_acquire);
  while (left != 0) left = pool->done.wait_change(left, pool->patience);
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
  pool->patience = threads <= available_cpus() ? kPatience : kPatienceWhenCrowded;
  pool->workers = allocate_aligned<Worker>(static_cast<size_t>(threads - 1));
  if (pool->workers == nullptr) {
    free(pool);
    return nullptr;
  }
  for (int32_t i = 0; i < threads - 1; ++i) {
    Worker *worker = &pool->workers[i];
    worker->pool = pool;
    worker->part = i + 1;
    worker->offer.word.store(kNothingOffered, std::memory_order_relaxed);
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
  for (int32_t i = 0; i < pool->num_workers; ++i) offer_part(&pool->workers[i]);
  for (int32_t i = 0; i < pool->num_workers; ++i) pthread_join(pool->workers[i].thread, nullptr);
  free(pool->workers);
  free(pool);
}

void run_on_pool(Pool *pool, int32_t parts, plx_task_fn function, void *task) {
  pool->function = function;
  pool->task = task;
  pool->done.word.store(static_cast<uint32_t>(parts - 1), std::memory_order_seq_cst);
  for (int32_t i = 0; i < parts - 1; ++i) offer_part(&pool->workers[i]);
  function(task, 0);
  for (int32_t i = parts - 1; i > 0; --i) {
    uint32_t ignored;
    if (!take_part(&pool->workers[i - 1], &ignored)) continue;
    function(task, i);
    pool->done.word.fetch_sub(1, std::memory_order_relaxed);
  }
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
