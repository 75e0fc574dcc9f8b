import { expect, test } from "vitest";
import { gtkwaveFile, surferFile, vcdVariables } from "./waves.ts";

const header = `$date today $end
$version a program $end
$timescale 1ps $end
 $scope module TOP $end
  $scope module addernet_tb $end
   $var wire  1 # p0 $end
   $var wire  8 $ p1 [7:0] $end
   $var wire  1 ( p2 $end
   $scope module fifo $end
    $var wire  1 # clk $end
    $var wire  8 $ s_tdata [7:0] $end
    $scope module inner $end
     $var reg 1 ) s_tvalid $end
    $upscope $end
   $upscope $end
  $upscope $end
 $upscope $end
$enddefinitions $end
#0
$scope module late $end
`;
const port = (name: string, width = 1) => ({ name, width, direction: "input" as const });
const options = {
  vcd: "/waves/a.vcd",
  top: "fifo",
  ports: [port("clk"), port("s_tdata", 8), port("s_tvalid"), port("nowhere")],
  clocks: ["clk"],
  streams: ["s"],
  time: 12.345,
};

test("variables of a VCD with their scopes", () => {
  expect(vcdVariables(header).map((v) => v.path + v.range)).toEqual([
    "TOP.addernet_tb.p0",
    "TOP.addernet_tb.p1[7:0]",
    "TOP.addernet_tb.p2",
    "TOP.addernet_tb.fifo.clk",
    "TOP.addernet_tb.fifo.s_tdata[7:0]",
    "TOP.addernet_tb.fifo.inner.s_tvalid",
  ]);
});

test("the design's own name of a port where the waves have it, otherwise the wrapper's", () => {
  expect(surferFile(options, vcdVariables(header))).toBe(`# surfer --command-file <this file>
load_file /waves/a.vcd
divider_add clocks
variable_add TOP.addernet_tb.fifo.clk
divider_add s
variable_add TOP.addernet_tb.fifo.s_tdata
variable_add TOP.addernet_tb.p2
zoom_fit
cursor_set 12345
goto_cursor
`);
  expect(gtkwaveFile(options, vcdVariables(header))).toBe(`[dumpfile] "/waves/a.vcd"
[timestart] 0
*-16.0 12345
@200
-clocks
@22
+{clk} TOP.addernet_tb.fifo.clk
@200
-s
@22
+{s_tdata} TOP.addernet_tb.fifo.s_tdata[7:0]
@22
+{s_tvalid} TOP.addernet_tb.p2
`);
});

test("paths and names that a command file would take apart are left out of it", () => {
  const hostile = { ...options, vcd: "/waves/a;exit.vcd", top: "x#y" };
  const variables = [{ path: "TOP.addernet_tb.x#y.clk", range: "" }];
  expect(surferFile(hostile, variables)).toBe(
    "# surfer --command-file <this file>\ndivider_add clocks\nzoom_fit\ncursor_set 12345\ngoto_cursor\n",
  );
});
