// Memories on UltraScale+ by Yosys from npm as well.
import "./synth.slow.test.ts";
