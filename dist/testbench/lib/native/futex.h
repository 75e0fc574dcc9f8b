// The handshake over shared memory: each side waits for the other's counter. It first looks at the counter for about as
// long as an answer takes, since putting a processor to sleep and waking it costs more than a clock of simulation; where
// that is in vain, as when both sides share a processor, it soon stops doing so.
#pragma once
#include <cerrno>
#include <climits>
#include <ctime>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cstdint>

namespace tb {
inline uint32_t load(const uint32_t* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }

/// Counts `*p` up and wakes the other side if it sleeps, which `*sleeps` tells.
inline void bump(uint32_t* p, const uint32_t* sleeps) {
  __atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(sleeps, __ATOMIC_SEQ_CST)) syscall(SYS_futex, p, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// One side's patience.
class Waiter {
 public:
  /// Waits until `*p` is no longer `old`, with `*sleeps` set while asleep; false after about `ms` milliseconds.
  bool change(uint32_t* p, uint32_t old, uint32_t* sleeps, long ms) {
    if (load(p) != old) return true;
    if (processors() > 1 && (credit_ > 0 || ++skipped_ % RETRY == 0)) {
      for (int i = 0; i < SPINS; i++) {
        if (load(p) != old) {
          if (credit_ < MAX_CREDIT) credit_++;
          return true;
        }
        pause();
      }
      if (credit_ > 0) credit_--;
    }
    __atomic_store_n(sleeps, 1, __ATOMIC_SEQ_CST);
    timespec ts = {ms / 1000, ms % 1000 * 1000000};
    // The kernel compares with `old` once more, so a count between the two is not missed.
    if (__atomic_load_n(p, __ATOMIC_SEQ_CST) == old) syscall(SYS_futex, p, FUTEX_WAIT, old, &ts, nullptr, 0);
    __atomic_store_n(sleeps, 0, __ATOMIC_SEQ_CST);
    return load(p) != old;
  }

 private:
  // A pause is 40 to 140 processor clocks: 20 to 70 microseconds in all, a few clocks of a small design in Icarus.
  static constexpr int SPINS = 1500;
  static constexpr int MAX_CREDIT = 8;
  static constexpr uint32_t RETRY = 64;
  int credit_ = MAX_CREDIT;
  uint32_t skipped_ = 0;

  static int processors() {
    static const int n = [] {
      cpu_set_t set;
      return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    }();
    return n;
  }
  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }
};
}  // namespace tb
