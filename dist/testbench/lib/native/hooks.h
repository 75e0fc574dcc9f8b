// Forced into every file of a verilated model: what it prints goes to the bench instead of the terminal.
#pragma once
#ifdef __cplusplus
extern "C"
#endif
int tb_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
