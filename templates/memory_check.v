// memory_check - stops a simulation that cannot read a memory file
//
//   a file that is not there leaves a memory empty, which some simulators do not mention: the answers are wrong instead
//
// Timing     at time zero, before the first clock.
// Hardware   none: the check is left out where SYNTHESIS, FORMAL or a vendor's own define is set.
// Does not   compare what is in the file.
// Cost       none.
// Tested by  testbench/cells/memory_check.

`default_nettype none

module memory_check #(
    parameter FILE = ""   // path of the file, as $readmemh gets it
) ();

`ifndef SYNTHESIS
`ifndef FORMAL
`ifndef ALTERA_RESERVED_QIS
    integer file;
    initial if (FILE != "") begin
        file = $fopen(FILE, "r");
        if (file == 0) begin
            $display("FATAL: memory file \"%0s\" cannot be read (%m): is MEM_DIR right, with a slash at its end?", FILE);
            // A simulator that asks what to do at $stop and hears nothing still ends.
            $stop;
            $finish;
        end else $fclose(file);
    end
`endif
`endif
`endif

endmodule

`default_nettype wire
