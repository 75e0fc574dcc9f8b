// The Icarus backend: a VPI module that drives the wrapper's variables and talks to the bench over shared memory.
#include <fcntl.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include <vpi_user.h>
#include "core.h"
#include "futex.h"

namespace {

struct PortState {
  vpiHandle handle;
  uint32_t at, words, width;
  bool input, clock, dirty;
  std::vector<uint32_t> shadow;
};

tb::Core core;
uint32_t* M;
std::vector<PortState> ports;
std::vector<uint32_t> dirty;
vpiHandle dump_now, dump_end;
off_t log_seen = 0;
bool dumping = false, dumped = false, quitting = false, status_pending = false, inputs_pending = false;
pid_t parent;

PLI_INT32 on_event(p_cb_data);
PLI_INT32 on_inputs(p_cb_data);
PLI_INT32 on_settled(p_cb_data);
PLI_INT32 on_status(p_cb_data);

void call(PLI_INT32 reason, PLI_INT32 (*f)(p_cb_data), uint64_t delay) {
  s_vpi_time t;
  memset(&t, 0, sizeof t);
  t.type = vpiSimTime;
  t.low = (PLI_UINT32)delay;
  t.high = (PLI_UINT32)(delay >> 32);
  s_cb_data c;
  memset(&c, 0, sizeof c);
  c.reason = reason;
  c.cb_rtn = f;
  c.time = &t;
  vpi_register_cb(&c);
}

uint64_t time_now() {
  s_vpi_time t;
  memset(&t, 0, sizeof t);
  t.type = vpiSimTime;
  vpi_get_time(nullptr, &t);
  return (uint64_t)t.high << 32 | t.low;
}

off_t written() { return lseek(1, 0, SEEK_CUR) + (off_t)__fpending(stdout); }

// Text that the design printed since the last look belongs to `time`: a mark behind it says so.
void mark_log(uint64_t time) {
  if (written() == log_seen) return;
  vpi_printf((PLI_BYTE8*)"\001T%llu\002", (unsigned long long)time);
  fflush(stdout);
  log_seen = written();
  M[H_LOG_BYTES] = (uint32_t)log_seen;
}

void put(PortState& p, const uint32_t* words, uint64_t delay) {
  static std::vector<s_vpi_vecval> vec;
  vec.resize(p.words);
  for (uint32_t k = 0; k < p.words; k++) {
    vec[k].aval = (PLI_INT32)words[k];
    vec[k].bval = 0;
  }
  s_vpi_value v;
  v.format = vpiVectorVal;
  v.value.vector = vec.data();
  if (delay) {
    s_vpi_time t;
    memset(&t, 0, sizeof t);
    t.type = vpiSimTime;
    t.low = (PLI_UINT32)delay;
    t.high = (PLI_UINT32)(delay >> 32);
    vpi_put_value(p.handle, &v, &t, vpiTransportDelay);
  } else {
    vpi_put_value(p.handle, &v, nullptr, vpiNoDelay);
  }
}

// Sets a flag of the wrapper, which starts or ends the waves.
void raise(vpiHandle flag) {
  s_vpi_value v;
  v.format = vpiIntVal;
  v.value.integer = 1;
  vpi_put_value(flag, &v, nullptr, vpiNoDelay);
}

PLI_INT32 on_change(p_cb_data d) {
  const uint32_t i = (uint32_t)(uintptr_t)d->user_data;
  if (!ports[i].dirty) {
    ports[i].dirty = true;
    dirty.push_back(i);
  }
  return 0;
}

// Only the ports that changed: reading wide ones costs more than anything else here.
void sample() {
  const uint32_t mask = M[H_MASK];
  for (uint32_t i : dirty) {
    PortState& p = ports[i];
    p.dirty = false;
    s_vpi_value v;
    v.format = vpiVectorVal;
    vpi_get_value(p.handle, &v);
    for (uint32_t k = 0; k < p.words; k++) {
      const uint32_t top = k + 1 == p.words && p.width % 32 ? (1u << p.width % 32) - 1 : ~0u;
      const uint32_t x = (uint32_t)v.value.vector[k].bval & top;
      M[p.at + k] = (uint32_t)v.value.vector[k].aval & ~x & top;
      M[p.at + mask + k] = x;
    }
  }
  dirty.clear();
}

// Gives the bench control and waits until it hands it back.
void exchange() {
  const uint32_t requests = tb::load(M + H_REQ);
  tb::bump(M + H_ACK, M + H_ACK_SLEEP);
  static tb::Waiter waiter;
  while (!waiter.change(M + H_REQ, requests, M + H_REQ_SLEEP, 500))
    if (getppid() != parent) _exit(3);
  if (M[H_COMMAND] == CMD_QUIT) {
    quitting = true;
    vpi_control(vpiFinish, 0);
  }
  core.resumed();
}

bool inputs_changed() {
  for (PortState& p : ports)
    if (p.input && !p.clock && memcmp(p.shadow.data(), M + p.at, p.words * 4)) return true;
  return false;
}
void put_inputs() {
  for (PortState& p : ports)
    if (p.input && !p.clock && memcmp(p.shadow.data(), M + p.at, p.words * 4)) {
      memcpy(p.shadow.data(), M + p.at, p.words * 4);
      put(p, p.shadow.data(), 0);
    }
}

void put_clocks(uint64_t delay) {
  for (PortState& p : ports)
    if (p.clock && p.shadow[0] != M[p.at]) {
      p.shadow[0] = M[p.at];
      put(p, p.shadow.data(), delay);
    }
}

void schedule_next() {
  if (!quitting) call(cbAfterDelay, on_event, core.next() - time_now());
}

// The bench and the agents have written: edges now, inputs when the registers have taken the old ones.
void proceed() {
  if (quitting) return;
  core.drive();
  if (core.edges()) put_clocks(0);
  if (inputs_changed()) call(cbReadWriteSynch, on_inputs, 0);
  if (dump_now && !dumping && core.dumping()) {
    dumping = true;
    raise(dump_now);
  } else if (dumping && !dumped && !core.dumping()) {
    dumped = true;
    raise(dump_end);
  }
  if (M[H_WANT_SETTLED]) {
    call(cbReadOnlySynch, on_settled, 0);
    return;
  }
  if (core.may_fold()) {
    const uint64_t t = core.fold();
    put_clocks(t - time_now());
  }
  schedule_next();
}

PLI_INT32 on_event(p_cb_data) {
  if (quitting) return 0;
  const uint64_t t = time_now();
  mark_log(core.now);
  sample();
  if (core.event(t)) exchange();
  proceed();
  return 0;
}
PLI_INT32 on_inputs(p_cb_data) {
  put_inputs();
  return 0;
}
PLI_INT32 on_settled(p_cb_data) {
  if (quitting || status_pending) return 0;
  mark_log(core.now);
  sample();
  M[H_REASON] = R_SETTLED;
  M[H_DID_RISE] = M[H_DID_FALL] = 0;
  exchange();
  if (M[H_WANT_SETTLED]) M[H_WANT_SETTLED] = 0;
  schedule_next();
  return 0;
}
// The design asked for the end of the run, or for attention, in this time step.
PLI_INT32 on_status(p_cb_data) {
  status_pending = false;
  if (quitting) return 0;
  const bool settled = M[H_WANT_SETTLED];
  mark_log(core.now);
  M[H_REASON] = R_STATUS;
  M[H_DID_RISE] = M[H_DID_FALL] = 0;
  exchange();
  if (settled && !quitting) {
    sample();
    M[H_REASON] = R_SETTLED;
    exchange();
    schedule_next();
  }
  return 0;
}

PLI_INT32 on_first_inputs(p_cb_data) {
  sample();
  mark_log(0);
  exchange();
  proceed();
  return 0;
}
PLI_INT32 on_time_zero(p_cb_data) {
  for (PortState& p : ports)
    if (p.input) put(p, p.shadow.data(), 0);
  call(cbReadWriteSynch, on_first_inputs, 0);
  return 0;
}

PLI_INT32 on_start(p_cb_data) {
  const char* fd_text = getenv("TB_FD");
  if (!fd_text) return 0;
  const int fd = atoi(fd_text);
  const char* words = getenv("TB_WORDS");
  const size_t bytes = (size_t)strtoul(words ? words : "0", nullptr, 10) * 4;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    perror("testbench: cannot map the shared memory");
    exit(4);
  }
  M = (uint32_t*)memory;
  core.open(M);
  uint32_t at = H_PORTS;
  for (uint32_t i = 0;; i++) {
    char name[64];
    snprintf(name, sizeof name, "addernet_tb.p%u", i);
    vpiHandle h = vpi_handle_by_name(name, nullptr);
    if (!h) break;
    PortState p;
    p.handle = h;
    p.width = (uint32_t)vpi_get(vpiSize, h);
    p.words = (p.width + 31) / 32;
    p.at = at;
    p.input = vpi_get(vpiType, h) == vpiReg;
    p.clock = false;
    for (uint32_t c = 0; c < M[H_CLOCKS]; c++) p.clock |= M[H_CLOCK_TABLE + c * CLOCK_WORDS + C_PORT] == at;
    p.dirty = !p.input;
    p.shadow.assign(p.words, 0);
    at += p.words;
    ports.push_back(p);
  }
  for (uint32_t i = 0; i < ports.size(); i++) {
    if (ports[i].input) continue;
    dirty.push_back(i);
    s_vpi_time t;
    memset(&t, 0, sizeof t);
    t.type = vpiSuppressTime;
    s_vpi_value v;
    memset(&v, 0, sizeof v);
    v.format = vpiSuppressVal;
    s_cb_data c;
    memset(&c, 0, sizeof c);
    c.reason = cbValueChange;
    c.cb_rtn = on_change;
    c.obj = ports[i].handle;
    c.time = &t;
    c.value = &v;
    c.user_data = (PLI_BYTE8*)(uintptr_t)i;
    vpi_register_cb(&c);
  }
  if (getenv("TB_DUMP")) {
    dump_now = vpi_handle_by_name((PLI_BYTE8*)"addernet_tb.dump_now", nullptr);
    dump_end = vpi_handle_by_name((PLI_BYTE8*)"addernet_tb.dump_end", nullptr);
  }
  call(cbAfterDelay, on_time_zero, 0);
  return 0;
}
PLI_INT32 on_end(p_cb_data) {
  if (!M || quitting) return 0;
  mark_log(core.now);
  fflush(stdout);
  M[H_LOG_BYTES] = (uint32_t)written();
  if (!M[H_STATUS]) M[H_STATUS] = S_ENDED;
  M[H_REASON] = R_STATUS;
  M[H_DID_RISE] = M[H_DID_FALL] = 0;
  tb::bump(M + H_ACK, M + H_ACK_SLEEP);
  return 0;
}

// ---- $finish, $stop and the severity tasks, so that they reach the bench with their place

std::string text_of(vpiHandle arg, PLI_INT32 format) {
  s_vpi_value v;
  v.format = format;
  vpi_get_value(arg, &v);
  return v.value.str ? v.value.str : "";
}
bool is_text(vpiHandle arg) {
  return vpi_get(vpiType, arg) == vpiConstant && vpi_get(vpiConstType, arg) == vpiStringConst;
}
void strip(std::string& s, char zero) {
  size_t k = 0;
  while (k + 1 < s.size() && s[k] == zero) k++;
  s.erase(0, k);
}

// What $display would print of the arguments, in one line without an end.
std::string format_arguments(const std::vector<vpiHandle>& args, const std::string& scope) {
  std::string out;
  for (size_t n = 0; n < args.size(); n++) {
    if (!is_text(args[n])) {
      out += text_of(args[n], vpiDecStrVal);
      continue;
    }
    const std::string f = text_of(args[n], vpiStringVal);
    for (size_t k = 0; k < f.size(); k++) {
      if (f[k] != '%') {
        out += f[k];
        continue;
      }
      size_t width = 0;
      bool has_width = false;
      for (k++; k < f.size() && ((f[k] >= '0' && f[k] <= '9') || f[k] == '-' || f[k] == '.'); k++)
        if (f[k] >= '0' && f[k] <= '9') {
          width = width * 10 + (size_t)(f[k] - '0');
          has_width = true;
        }
      const char c = k < f.size() ? (char)(f[k] | 0x20) : '%';
      if (c == '%' || k >= f.size() || f[k] == '%') {
        out += '%';
        continue;
      }
      if (c == 'm') {
        out += scope;
        continue;
      }
      if (++n >= args.size()) {
        out += std::string("<no argument for %") + c + ">";
        break;
      }
      std::string s;
      if (c == 'h' || c == 'x') s = text_of(args[n], vpiHexStrVal);
      else if (c == 'b') s = text_of(args[n], vpiBinStrVal);
      else if (c == 'o') s = text_of(args[n], vpiOctStrVal);
      else if (c == 's') s = text_of(args[n], vpiStringVal);
      else if (c == 'c') s = text_of(args[n], vpiStringVal);
      else if (c == 'e' || c == 'f' || c == 'g') {
        s_vpi_value v;
        v.format = vpiRealVal;
        vpi_get_value(args[n], &v);
        char b[64];
        const char spec[] = {'%', c, 0};
        snprintf(b, sizeof b, spec, v.value.real);
        s = b;
      } else s = text_of(args[n], vpiDecStrVal);
      if (c != 's' && c != 'c' && has_width && width == 0) strip(s, '0');
      if (width > s.size()) s.insert(0, width - s.size(), ' ');
      out += s;
    }
  }
  return out;
}

PLI_INT32 task(PLI_BYTE8* user) {
  const char kind = *(const char*)user;
  vpiHandle self = vpi_handle(vpiSysTfCall, nullptr);
  // Each string is copied at once: they share one buffer.
  const std::string file = vpi_get_str(vpiFile, self) ? vpi_get_str(vpiFile, self) : "";
  const int line = (int)vpi_get(vpiLineNo, self);
  vpiHandle where = vpi_handle(vpiScope, self);
  const char* full = where ? vpi_get_str(vpiFullName, where) : nullptr;
  const std::string scope = full ? full : "";
  std::vector<vpiHandle> args;
  if (vpiHandle it = vpi_iterate(vpiArgument, self))
    while (vpiHandle a = vpi_scan(it)) args.push_back(a);
  std::string message;
  if (kind == 'X' && !args.empty() && !is_text(args[0])) args.erase(args.begin());
  if (kind != 'F' && kind != 'S') message = format_arguments(args, scope);
  vpi_printf((PLI_BYTE8*)"\001%c%llu\003%s\003%d\003%s\003%s\002", kind, (unsigned long long)time_now(), file.c_str(), line,
             scope.c_str(), message.c_str());
  if (!M) return 0;
  if (kind == 'W' || kind == 'I') return 0;
  const uint32_t s = kind == 'F' ? S_FINISH : kind == 'X' ? S_FATAL : kind == 'E' ? S_ERROR : S_STOP;
  if (M[H_STATUS] == S_RUNNING || s == S_FATAL) M[H_STATUS] = s;
  if (!status_pending) {
    status_pending = true;
    call(cbReadOnlySynch, on_status, 0);
  }
  return 0;
}

void startup() {
  // The simulator must not outlive its bench.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  parent = getppid();
  if (const char* p = getenv("TB_PARENT"))
    if (atoi(p) != parent) _exit(3);
  static const struct {
    const char* name;
    const char* kind;
  } tasks[] = {{"$finish", "F"}, {"$stop", "S"}, {"$fatal", "X"}, {"$error", "E"}, {"$warning", "W"}, {"$info", "I"}};
  for (auto& t : tasks) {
    s_vpi_systf_data d;
    memset(&d, 0, sizeof d);
    d.type = vpiSysTask;
    d.tfname = (PLI_BYTE8*)t.name;
    d.calltf = task;
    d.user_data = (PLI_BYTE8*)t.kind;
    vpi_register_systf(&d);
  }
  call(cbStartOfSimulation, on_start, 0);
  call(cbEndOfSimulation, on_end, 0);
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) void (*vlog_startup_routines[])() = {startup, nullptr};
}
