// The bench's side of the Icarus backend: memory without a name, so that nothing is left behind however a process ends.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstddef>
#include "futex.h"
#include "layout.h"

#define API extern "C" __attribute__((visibility("default")))

/// A file descriptor of fresh memory, closed in children that do not get it on purpose; negative on failure.
API int tbh_create(uint32_t words) {
  const int fd = (int)syscall(SYS_memfd_create, "testbench", 1u /* MFD_CLOEXEC */);
  if (fd >= 0 && ftruncate(fd, (off_t)words * 4) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}
API void* tbh_map(int fd, uint32_t words) {
  void* p = mmap(nullptr, (size_t)words * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return p == MAP_FAILED ? nullptr : p;
}
/// Zeroes the memory and gives its pages back.
API int tbh_scrub(uint32_t* memory, uint32_t words) { return madvise(memory, (size_t)words * 4, MADV_REMOVE); }

// Without reaping: the exit status belongs to Node.
static bool ended(int pid) {
  siginfo_t info;
  info.si_pid = 0;
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

/// Waits for the simulator's answer number `acks` + 1; 0, or 1 when the simulator has ended without it.
API int tbh_wait(uint32_t* M, uint32_t acks, int pid) {
  static thread_local tb::Waiter waiter;
  while (!waiter.change(M + H_ACK, acks, M + H_ACK_SLEEP, 100))
    if (ended(pid) && tb::load(M + H_ACK) == acks) return 1;
  return 0;
}
/// Hands control to the simulator and waits for its answer.
API int tbh_run(uint32_t* M, int pid) {
  const uint32_t acks = tb::load(M + H_ACK);
  tb::bump(M + H_REQ, M + H_REQ_SLEEP);
  return tbh_wait(M, acks, pid);
}
/// Hands control to the simulator without waiting.
API void tbh_post(uint32_t* M) { tb::bump(M + H_REQ, M + H_REQ_SLEEP); }
