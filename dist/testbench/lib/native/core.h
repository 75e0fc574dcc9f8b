// What both simulators share: time, clocks, the stream agents and the decision when the bench must be called.
// A backend samples the ports into the shared memory, calls `event`, lets the bench run when told to, then calls
// `drive` and applies the inputs: so the bench and the agents see what the design's registers see at that edge.
#pragma once
#include <cstring>
#include <ctime>
#include "layout.h"

namespace tb {

inline uint32_t xorshift(uint32_t& s) {
  s ^= s << 13;
  s ^= s >> 17;
  s ^= s << 5;
  return s;
}

class Core {
 public:
  uint32_t* M = nullptr;
  uint64_t now = 0;
  bool folded = false;  // the backend applied the falling edge together with the inputs

  void open(uint32_t* memory) {
    M = memory;
    now = 0;
    for (uint32_t i = 0; i < M[H_CLOCKS]; i++) {
      const uint32_t* c = clock(i);
      next_[i] = c[C_FIRST_RISE];
      level_[i] = false;
    }
  }

  /// Time in picoseconds of the next clock edge or timer.
  uint64_t next() const {
    uint64_t t = timer();
    if (!t) t = UINT64_MAX;
    for (uint32_t i = 0; i < M[H_CLOCKS]; i++)
      if (next_[i] < t) t = next_[i];
    return t;
  }

  /// The ports are sampled and time is `t`: runs the agents; true when the bench must be called.
  bool event(uint64_t t) {
    now = t;
    M[H_NOW_LO] = (uint32_t)t;
    M[H_NOW_HI] = (uint32_t)(t >> 32);
    uint32_t rise = 0, fall = 0, reason = 0;
    for (uint32_t i = 0; i < M[H_CLOCKS]; i++)
      if (next_[i] == t) {
        if (level_[i]) {
          fall |= 1u << i;
        } else {
          rise |= 1u << i;
          clock(i)[C_CYCLES]++;
        }
      }
    rise_ = rise;
    fall_ = fall;
    if (rise) {
      if ((rise & 1) && M[H_IN_RESET]) M[H_RESET_EDGES]++;
      const uint32_t n = M[H_AGENTS];
      for (uint32_t i = 0; i < n; i++) {
        uint32_t* a = agent(i);
        if (a[A_KIND] != K_NONE && (rise >> a[A_CLOCK] & 1) && observe(a)) reason |= R_AGENT;
      }
      if ((rise & 1) && clock(0)[C_CYCLES] >= M[H_MAX_CYCLES]) reason |= R_LIMIT;
    }
    if ((rise & M[H_WANT_RISE]) | (fall & M[H_WANT_FALL])) reason |= R_EDGE;
    const uint64_t tm = timer();
    if (tm && t >= tm) reason |= R_TIMER;
    if (M[H_STATUS]) reason |= R_STATUS;
    if (!reason && (++slice_ & 63) == 0 && milliseconds() - slice_start_ > 50) reason |= R_SLICE;
    if (!reason) return false;
    M[H_DID_RISE] = rise;
    M[H_DID_FALL] = fall;
    M[H_REASON] = reason;
    return true;
  }

  /// Called when the bench has handed control back.
  void resumed() {
    slice_ = 0;
    slice_start_ = milliseconds();
  }

  /// True when an edge of some clock is due now; it is put into the clocks' port words.
  bool edges() {
    const uint32_t due = rise_ | fall_;
    if (!due) return false;
    for (uint32_t i = 0; i < M[H_CLOCKS]; i++)
      if (due >> i & 1) toggle(i);
    rise_edges_ = rise_;
    rise_ = fall_ = 0;
    return true;
  }

  /// A single clock that just rose, and nobody who looks before it rises again: its fall may come with the inputs.
  bool may_fold() const {
    if (M[H_CLOCKS] != 1 || !level_[0] || M[H_WANT_FALL] || M[H_WANT_SETTLED]) return false;
    const uint64_t tm = timer();
    return !tm || tm > next_[0] + clock(0)[C_PERIOD] / 2;
  }
  /// Time of that fall; the clock's port word is 0 afterwards.
  uint64_t fold() {
    const uint64_t t = next_[0];
    toggle(0);
    return t;
  }

  /// Lets sources and sinks of the clocks that rose in this time step put their next inputs into the memory.
  void drive() {
    const uint32_t n = M[H_AGENTS];
    for (uint32_t i = 0; i < n; i++) {
      uint32_t* a = agent(i);
      if (a[A_KIND] == K_SOURCE) drive_source(a);
      else if (a[A_KIND] == K_SINK) drive_sink(a);
    }
  }
  bool rising_now() const { return rise_ != 0; }

  bool dumping() const {
    const uint32_t c = clock(0)[C_CYCLES];
    return c >= M[H_DUMP_FROM] && c <= M[H_DUMP_TO];
  }

 private:
  uint64_t next_[MAX_CLOCKS] = {};
  bool level_[MAX_CLOCKS] = {};
  uint32_t rise_ = 0, fall_ = 0, rise_edges_ = 0, slice_ = 0;
  uint64_t slice_start_ = 0;

  uint32_t* clock(uint32_t i) const { return M + H_CLOCK_TABLE + i * CLOCK_WORDS; }
  uint32_t* agent(uint32_t i) const { return M + M[H_AGENT_BASE] + i * AGENT_WORDS; }
  uint64_t timer() const { return M[H_TIMER_LO] | (uint64_t)M[H_TIMER_HI] << 32; }
  static uint64_t milliseconds() {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
  }

  void toggle(uint32_t i) {
    uint32_t* c = clock(i);
    const uint32_t high = c[C_PERIOD] / 2;
    level_[i] = !level_[i];
    next_[i] += level_[i] ? high : c[C_PERIOD] - high;
    M[c[C_PORT]] = level_[i];
  }

  bool fire(uint32_t* a, uint32_t bits) {
    a[A_FIRED] |= bits;
    return bits != 0;
  }
  bool broken(uint32_t* a, uint32_t rule, uint32_t field = 0) {
    if (a[A_RULE]) return false;
    a[A_RULE] = rule;
    a[A_RULE_CYCLE] = clock(a[A_CLOCK])[C_CYCLES];
    a[A_RULE_FIELD] = field;
    return fire(a, W_RULE);
  }

  uint32_t* entry(uint32_t* a, uint32_t n) { return M + a[A_RING] + (size_t)(n & (a[A_CAPACITY] - 1)) * a[A_ENTRY]; }

  // Copies the payload of the present beat; a stream without last has frames of one beat.
  void sample(const uint32_t* a, uint32_t* to) const {
    for (uint32_t f = 0; f < FIELDS; f++) {
      const uint32_t off = a[A_FIELD + 2 * f], words = a[A_FIELD + 2 * f + 1];
      if (off) memcpy(to, M + off, words * 4);
      else if (f == F_LAST) *to = 1;
      to += words;
    }
  }
  bool same(const uint32_t* a, const uint32_t* old, uint32_t& field) const {
    for (uint32_t f = 0; f < FIELDS; f++) {
      const uint32_t off = a[A_FIELD + 2 * f], words = a[A_FIELD + 2 * f + 1];
      if (off && memcmp(old, M + off, words * 4)) {
        field = f;
        return false;
      }
      old += words;
    }
    return true;
  }
  // Field with an X that matters: bytes that keep excludes may be anything.
  bool unknown(const uint32_t* a, uint32_t& field) const {
    const uint32_t mask = M[H_MASK];
    for (uint32_t f = 0; f < FIELDS; f++) {
      const uint32_t off = a[A_FIELD + 2 * f], words = a[A_FIELD + 2 * f + 1];
      if (!off) continue;
      const uint32_t keep = f == F_DATA ? a[A_FIELD + 2 * F_KEEP] : 0;
      for (uint32_t k = 0; k < words; k++) {
        uint32_t x = M[off + mask + k];
        if (x && keep) {
          const uint32_t lanes = M[keep + k / 8] >> (k % 8 * 4);
          for (int b = 0; b < 4; b++)
            if (!(lanes >> b & 1)) x &= ~(0xffu << 8 * b);
        }
        if (x) {
          field = f;
          return true;
        }
      }
    }
    return false;
  }

  bool observe(uint32_t* a) {
    const uint32_t mask = M[H_MASK], v = a[A_VALID], r = a[A_READY];
    const bool x_valid = M[v + mask] & 1, x_ready = r && (M[r + mask] & 1);
    const bool valid = !x_valid && (M[v] & 1), ready = !r || (!x_ready && (M[r] & 1));
    const uint32_t checks = a[A_KIND] == K_SOURCE ? 0 : a[A_CHECKS];
    a[A_SEEN_VALID] = x_valid ? 2 : valid;
    a[A_SEEN_READY] = x_ready ? 2 : ready;
    if (M[H_IN_RESET]) {
      a[A_STALLED] = a[A_STALL_NOW] = a[A_FRAME_POS] = 0;
      a[A_ACTIVE] = 0;
      return valid && M[H_RESET_EDGES] >= 3 && (checks >> RULE_VALID_IN_RESET & 1) && broken(a, RULE_VALID_IN_RESET);
    }
    bool wake = false;
    uint32_t field = 0;
    if (M[H_CHECK_X]) {
      if (x_valid && (checks >> RULE_VALID_X & 1)) wake |= broken(a, RULE_VALID_X);
      if (x_ready && (checks >> RULE_READY_X & 1)) wake |= broken(a, RULE_READY_X);
    }
    if (a[A_STALLED]) {
      if (!valid && (checks >> RULE_VALID_DROPPED & 1)) wake |= broken(a, RULE_VALID_DROPPED);
      if (valid && (checks >> RULE_PAYLOAD_CHANGED & 1) && !same(a, M + a[A_SHADOW], field))
        wake |= broken(a, RULE_PAYLOAD_CHANGED, field);
    }
    a[A_STALLED] = valid && !ready;
    if (valid && (checks >> RULE_PAYLOAD_X & 1) && unknown(a, field)) wake |= broken(a, RULE_PAYLOAD_X, field);
    if (valid && !ready) {
      a[A_STALLS]++;
      a[A_STALL_NOW]++;
      if (a[A_MAX_STALL] && a[A_STALL_NOW] > a[A_MAX_STALL]) wake |= broken(a, RULE_STALL);
      if (a[A_SHADOW] && a[A_STALL_NOW] == 1) sample(a, M + a[A_SHADOW]);
      return wake;
    }
    a[A_STALL_NOW] = 0;
    if (!valid) return wake;
    return transfer(a, checks) | wake;
  }

  bool transfer(uint32_t* a, uint32_t checks) {
    bool wake = false;
    const uint32_t last_off = a[A_FIELD + 2 * F_LAST];
    const bool last = !last_off || (M[last_off] & 1);
    const uint32_t cycle = clock(a[A_CLOCK])[C_CYCLES];
    a[A_BEATS]++;
    a[A_LAST_CYCLE] = cycle;
    a[A_FRAME_POS]++;
    if (a[A_FRAME_BEATS] && last_off) {
      if (last && a[A_FRAME_POS] < a[A_FRAME_BEATS] && (checks >> RULE_LAST_EARLY & 1)) wake |= broken(a, RULE_LAST_EARLY);
      if (!last && a[A_FRAME_POS] >= a[A_FRAME_BEATS] && (checks >> RULE_LAST_MISSING & 1))
        wake |= broken(a, RULE_LAST_MISSING);
    }
    if ((checks >> RULE_KEEP & 1) && a[A_FIELD + 2 * F_KEEP] && !keep_ok(a, last)) wake |= broken(a, RULE_KEEP);
    if (last) {
      a[A_FRAMES]++;
      a[A_FRAME_POS] = 0;
    }
    if (a[A_KIND] == K_SOURCE) {
      a[A_TAIL]++;
      a[A_ACTIVE] = 0;
    } else if (a[A_RECORD]) {
      uint32_t* e = entry(a, a[A_HEAD]++);
      *e = cycle;
      sample(a, e + 1);
      if (a[A_HEAD] - a[A_TAIL] >= a[A_CAPACITY]) wake |= fire(a, W_FULL);
    }
    // Differences, so that the counters may wrap.
    if ((a[A_WAKE] & W_BEATS) && (int32_t)(a[A_BEATS] - a[A_WAKE_BEATS]) >= 0) wake |= fire(a, W_BEATS);
    if ((a[A_WAKE] & W_FRAMES) && last && (int32_t)(a[A_FRAMES] - a[A_WAKE_FRAMES]) >= 0) wake |= fire(a, W_FRAMES);
    return wake;
  }

  // A beat that is not the last has every byte; the last one has its lowest bytes, at least one.
  bool keep_ok(const uint32_t* a, bool last) const {
    const uint32_t off = a[A_FIELD + 2 * F_KEEP], bytes = a[A_DATA_BITS] / 8;
    uint32_t n = 0;
    while (n < bytes && (M[off + n / 32] >> (n % 32) & 1)) n++;
    for (uint32_t k = n; k < bytes; k++)
      if (M[off + k / 32] >> (k % 32) & 1) return false;
    return last ? n > 0 : n == bytes;
  }

  void drive_source(uint32_t* a) {
    if (a[A_ACTIVE] || !(rise_ >> a[A_CLOCK] & 1)) return;
    const bool pending = a[A_HEAD] != a[A_TAIL];
    const bool go = pending && !M[H_IN_RESET] && !a[A_HOLD] && (!a[A_PAUSE] || xorshift(a[A_RANDOM]) >= a[A_PAUSE]);
    if (go) {
      const uint32_t* e = entry(a, a[A_TAIL]);
      for (uint32_t f = 0; f < FIELDS; f++) {
        const uint32_t off = a[A_FIELD + 2 * f], words = a[A_FIELD + 2 * f + 1];
        if (off) memcpy(M + off, e, words * 4);
        e += words;
      }
      M[a[A_VALID]] = 1;
      a[A_ACTIVE] = 1;
    } else if (M[a[A_VALID]]) {
      M[a[A_VALID]] = 0;
      // A payload that means nothing is noise, so that a design which looks at it is found out.
      for (uint32_t f = 0; f < FIELDS; f++)
        for (uint32_t k = 0; a[A_FIELD + 2 * f] && k < a[A_FIELD + 2 * f + 1]; k++)
          M[a[A_FIELD + 2 * f] + k] = xorshift(a[A_NOISE]);
    }
  }
  void drive_sink(uint32_t* a) {
    if (!a[A_READY] || !(rise_ >> a[A_CLOCK] & 1)) return;
    const bool paused = a[A_PAUSE] && xorshift(a[A_RANDOM]) < a[A_PAUSE];
    M[a[A_READY]] = !paused && !a[A_HOLD] && !M[H_IN_RESET];
  }
};

}  // namespace tb
