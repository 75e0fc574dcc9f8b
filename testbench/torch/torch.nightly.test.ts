import { expect, test } from "vitest";
import { compareModules, FLOAT_BOUND, hasTorch, INTEGER_BOUND, python } from "./reference.ts";

const there = hasTorch();
if (!there) console.warn(`${python} has no torch (scripts/setup --torch installs it): no module is compared`);

/** The simulation tests compare the seeds before. */
const FIRST = 231;
const SHARD = 500;

test.skipIf(!there).each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  `random PyTorch modules, shard %i of ten with ${SHARD} each`,
  (shard) => {
    const c = compareModules(FIRST + shard * SHARD, SHARD);
    expect(c.differences).toEqual([]);
    expect(c.networks - c.refused).toBeGreaterThanOrEqual(0.95 * SHARD);
    expect(c.float).toBeLessThan(FLOAT_BOUND);
    expect(c.integer).toBeLessThan(INTEGER_BOUND);
  },
);
