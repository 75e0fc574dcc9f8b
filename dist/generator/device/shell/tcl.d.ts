/** Defines check_slack, which stops the script where a path of the routed design misses its clock. */
export declare const slackCheck: readonly string[];
