// The memory that the test bench and a simulator share: one array of 32-bit words, for both simulators.
// testbench/lib/layout.ts holds the same numbers; a unit test compares the two files.
#pragma once
#include <cstdint>

enum Header : uint32_t {
  H_REQ = 0,           // counts requests of the bench; a futex in the Icarus backend
  H_REQ_SLEEP = 1,     // 1: the simulator sleeps until H_REQ counts
  H_STATUS = 2,        // a Status
  H_REASON = 3,        // Reason bits: why the simulator returned
  H_COMMAND = 4,       // a Command
  H_WANT_RISE = 5,     // clocks whose rising edge the bench waits for, a bit each
  H_WANT_FALL = 6,
  H_WANT_SETTLED = 7,  // return once more when this time step has settled
  H_TIMER_LO = 8,      // picoseconds; 0 in both words: no timer
  H_TIMER_HI = 9,
  H_NOW_LO = 10,       // picoseconds
  H_NOW_HI = 11,
  H_DID_RISE = 12,
  H_DID_FALL = 13,
  H_MAX_CYCLES = 15,   // of clock 0
  H_ACK = 16,          // counts answers of the simulator
  H_ACK_SLEEP = 17,    // 1: the bench sleeps until H_ACK counts
  H_IN_RESET = 18,     // agents are idle while it is 1
  H_RESET_EDGES = 19,  // rising edges of clock 0 seen while in reset
  H_CHECK_X = 20,      // valid and ready must be known from now on
  H_CLOCKS = 21,
  H_AGENTS = 22,
  H_AGENT_BASE = 23,
  H_LOG_BYTES = 24,    // of simulator output that the bench can read
  H_MASK = 25,         // distance from a port's value to its X/Z mask
  H_DUMP_FROM = 26,    // wave window in cycles of clock 0
  H_DUMP_TO = 27,
  H_WORDS = 28,        // size of the whole memory
  H_CLOCK_TABLE = 32,  // CLOCK_WORDS words for each of MAX_CLOCKS clocks
  H_PORTS = 128
};
enum Clock : uint32_t { C_PORT = 0, C_PERIOD = 1, C_FIRST_RISE = 2, C_CYCLES = 3, CLOCK_WORDS = 8, MAX_CLOCKS = 8 };
enum Status : uint32_t { S_RUNNING = 0, S_FINISH = 1, S_STOP = 2, S_FATAL = 3, S_ENDED = 4, S_ERROR = 5 };
enum Command : uint32_t { CMD_RUN = 0, CMD_QUIT = 1 };
enum Reason : uint32_t {
  R_EDGE = 1, R_TIMER = 2, R_AGENT = 4, R_LIMIT = 8, R_SETTLED = 16, R_STATUS = 32, R_SLICE = 64
};
enum Agent : uint32_t {
  A_KIND = 0,
  A_CLOCK = 1,
  A_VALID = 2,          // port offsets; 0: the stream has no such port
  A_READY = 3,
  A_FIELDS = 4,
  A_ENTRY = 5,          // words of a ring entry
  A_RING = 6,           // offset of the ring
  A_CAPACITY = 7,       // entries, a power of two
  A_HEAD = 8,           // entries ever produced
  A_TAIL = 9,           // entries ever consumed
  A_PAUSE = 10,         // pause when a random word is below this
  A_RANDOM = 11,
  A_HOLD = 12,          // 1: pause regardless
  A_ACTIVE = 13,        // a source: a beat is offered now
  A_BEATS = 14,         // transfers so far
  A_FRAMES = 15,        // transfers with last so far
  A_WAKE = 16,          // Wake bits
  A_WAKE_BEATS = 17,
  A_WAKE_FRAMES = 18,
  A_FIRED = 19,         // Wake bits that came true
  A_RULE = 20,          // number of the broken rule, 0: none
  A_RULE_CYCLE = 21,
  A_RULE_FIELD = 22,
  A_CHECKS = 23,        // rules that a monitor checks, a bit each
  A_STALLED = 24,       // the last edge had valid without ready
  A_STALL_NOW = 25,     // edges that the present beat has waited
  A_MAX_STALL = 26,     // 0: no limit
  A_FRAME_BEATS = 27,   // 0: frames have any length
  A_FRAME_POS = 28,     // beats of the present frame so far
  A_STALLS = 29,        // edges with valid without ready
  A_LAST_CYCLE = 30,    // of the latest transfer
  A_NOISE = 31,         // random state of the idle payload
  A_FIELD = 32,         // (port offset, words) pairs: data, last, keep, user, id, dest
  A_SHADOW = 48,        // offset of a copy of the stalled payload
  A_RECORD = 49,        // 0: a monitor that only checks
  A_SEEN_VALID = 50,    // valid at the last edge
  A_SEEN_READY = 51,
  A_DATA_BITS = 52,
  AGENT_WORDS = 64,
  MAX_AGENTS = 256
};
enum Kind : uint32_t { K_NONE = 0, K_SOURCE = 1, K_SINK = 2, K_MONITOR = 3 };
enum Field : uint32_t { F_DATA = 0, F_LAST = 1, F_KEEP = 2, F_USER = 3, F_ID = 4, F_DEST = 5, FIELDS = 6 };
enum Wake : uint32_t { W_BEATS = 1, W_FRAMES = 2, W_FULL = 4, W_RULE = 8 };
enum Rule : uint32_t {
  RULE_VALID_DROPPED = 1, RULE_PAYLOAD_CHANGED = 2, RULE_VALID_X = 3, RULE_READY_X = 4, RULE_PAYLOAD_X = 5,
  RULE_VALID_IN_RESET = 6, RULE_LAST_EARLY = 7, RULE_LAST_MISSING = 8, RULE_STALL = 9, RULE_KEEP = 10
};
