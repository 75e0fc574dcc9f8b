// The Verilator backend: a flat C interface over a verilated model, loaded into the bench's own process.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>
#include "core.h"
#include "hooks.h"
#include "verilated.h"
#include "verilator_api.h"

#define API extern "C" __attribute__((visibility("default")))

namespace {
struct Instance {
  tb::Core core;
  tb::Model* model = nullptr;
  std::string log;
  bool applied = false;  // inputs of the present time step have been applied
  bool waves = false;
};
std::vector<Instance*> table;
thread_local Instance* current = nullptr;

void append(char kind, const std::string& text) {
  if (!current) return;
  // kind, time, length, text: unambiguous whatever the text holds
  const uint64_t t = current->core.now;
  char head[64];
  snprintf(head, sizeof head, "%c %llu %zu\n", kind, (unsigned long long)t, text.size());
  current->log += head;
  current->log += text;
  current->core.M[H_LOG_BYTES] = (uint32_t)current->log.size();
}
void status(uint32_t s, char kind, const char* file, int line, const char* scope, const char* message) {
  if (!current) return;
  append(kind, std::string(file ? file : "") + "\n" + std::to_string(line) + "\n" + (scope ? scope : "") + "\n" +
                   (message ? message : ""));
  uint32_t& now = current->core.M[H_STATUS];
  if (now == S_RUNNING || s == S_FATAL) now = s;
}
}  // namespace

extern "C" int tb_printf(const char* format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int n = vsnprintf(nullptr, 0, format, args);
  va_end(args);
  std::string text(n < 0 ? 0 : (size_t)n, '\0');
  if (n > 0) vsnprintf(&text[0], (size_t)n + 1, format, again);
  va_end(again);
  append('D', text);
  return n;
}
void vl_finish(const char* file, int line, const char* scope) VL_MT_UNSAFE { status(S_FINISH, 'F', file, line, scope, ""); }
void vl_stop(const char* file, int line, const char* scope) VL_MT_UNSAFE { status(S_STOP, 'S', file, line, scope, ""); }
void vl_fatal(const char* file, int line, const char* scope, const char* message) VL_MT_UNSAFE {
  status(S_FATAL, 'X', file, line, scope, message);
}

namespace {
void settle(Instance& i) {
  i.model->eval();
  if (i.waves && i.core.dumping()) i.model->dump();
}

// One time step after the bench: edges first, then the new inputs, as a design with registers at its pins would see.
void apply(Instance& i) {
  tb::Core& c = i.core;
  c.drive();
  if (c.edges()) {
    i.model->clocks(c.M);
    i.model->eval();
  }
  i.model->inputs(c.M);
  if (!i.waves && c.may_fold()) {
    i.model->time(c.fold());
    i.model->clocks(c.M);
  }
  settle(i);
  i.applied = true;
}
}  // namespace

/// Makes an instance over `memory`; its number, or -1 when the waves file cannot be written.
API int tb_open(uint32_t* memory, uint32_t x_seed, const char* waves) {
  Instance* i = new Instance;
  i->core.open(memory);
  current = i;
  i->model = tb::make_model(x_seed, memory);
  if (waves && *waves) i->waves = i->model->open_waves(waves);
  i->model->inputs(memory);
  i->model->clocks(memory);
  settle(*i);
  i->model->outputs(memory);
  size_t n = 0;
  while (n < table.size() && table[n]) n++;
  if (n == table.size()) table.push_back(nullptr);
  table[n] = i;
  current = nullptr;
  if (waves && *waves && !i->waves) return -1;
  return (int)n;
}

/// Runs until the bench is wanted; H_REASON says why.
API void tb_run(int handle) {
  Instance& i = *table[(size_t)handle];
  tb::Core& c = i.core;
  current = &i;
  c.resumed();
  if (!i.applied) {
    apply(i);
    if (c.M[H_WANT_SETTLED]) {
      i.model->outputs(c.M);
      c.M[H_REASON] = R_SETTLED;
      c.M[H_DID_RISE] = c.M[H_DID_FALL] = 0;
      current = nullptr;
      return;
    }
  }
  for (;;) {
    i.applied = false;
    if (c.M[H_STATUS]) {
      c.M[H_REASON] = R_STATUS;
      c.M[H_DID_RISE] = c.M[H_DID_FALL] = 0;
      break;
    }
    const uint64_t t = c.next();
    i.model->time(t);
    i.model->outputs(c.M);
    if (c.event(t)) break;
    apply(i);
  }
  current = nullptr;
}

/// Applies what is pending, so that the last edge's messages come out, and frees the instance.
API void tb_finish(int handle) {
  Instance& i = *table[(size_t)handle];
  current = &i;
  if (!i.applied && !i.core.M[H_STATUS]) apply(i);
  current = nullptr;
}
API const char* tb_log(int handle) { return table[(size_t)handle]->log.c_str(); }
API void tb_clear_log(int handle) {
  Instance& i = *table[(size_t)handle];
  i.log.clear();
  i.core.M[H_LOG_BYTES] = 0;
}
API void tb_close(int handle) {
  Instance* i = table[(size_t)handle];
  current = i;
  i->model->finish();
  delete i->model;
  current = nullptr;
  delete i;
  table[(size_t)handle] = nullptr;
}
