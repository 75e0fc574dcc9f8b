// The handshake over shared memory: each side waits for the other's counter. No spinning, since both may share a core.
#pragma once
#include <cerrno>
#include <climits>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cstdint>

namespace tb {
inline uint32_t load(const uint32_t* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
inline void bump(uint32_t* p) {
  __atomic_fetch_add(p, 1, __ATOMIC_RELEASE);
  syscall(SYS_futex, p, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}
/// Waits until `*p` is no longer `old`; false after about `ms` milliseconds.
inline bool wait_change(uint32_t* p, uint32_t old, long ms) {
  if (load(p) != old) return true;
  timespec ts = {ms / 1000, ms % 1000 * 1000000};
  syscall(SYS_futex, p, FUTEX_WAIT, old, &ts, nullptr, 0);
  return load(p) != old;
}
}  // namespace tb
