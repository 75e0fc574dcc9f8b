// Tcl that every Vivado script here needs.
/** Defines check_slack, which stops the script where a path of the routed design misses its clock. */
export const slackCheck = [
    "",
    "proc check_slack {report} {",
    "    foreach kind {setup hold} {",
    "        set paths [get_timing_paths -$kind -max_paths 1 -nworst 1]",
    "        if {[llength $paths] == 0} { continue }",
    "        set slack [get_property SLACK [lindex $paths 0]]",
    "        if {$slack < 0} {",
    '            error "timing is not met: $kind slack $slack ns (see $report); a slower --clock, or fewer lanes by --fps"',
    "        }",
    "    }",
    "}",
];
