import { defineConfig } from "vitest/config";

// `unit` is quick and needs Node alone, `slow` takes over five seconds a file or other tools than simulators, `sim` builds
// and runs simulator models, `browser` opens pages in Chromium, `nightly` takes too long for every change.
export default defineConfig({
  test: {
    // The default leaves one processor free, which is half of a machine with two.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{farm,generator,golden,scripts,testbench}/**/*.test.ts"],
          exclude: ["**/*.{slow,sim,nightly}.test.ts", "node_modules"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "slow",
          include: ["{farm,generator,golden,scripts,testbench}/**/*.slow.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "sim",
          include: ["{farm,generator,golden,scripts,testbench}/**/*.sim.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["web/**/*.test.ts"],
          exclude: ["**/*.nightly.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "nightly",
          // Files of other sets that a nightly one imports run with all of their cases (testbench/nightly.ts).
          provide: { nightly: true },
          include: ["{farm,generator,golden,scripts,testbench,web}/**/*.nightly.test.ts"],
          testTimeout: 7_200_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
