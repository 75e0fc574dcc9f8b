rtl/tiny_axis_argmax.v
rtl/tiny_axis_requant.v
rtl/tiny_axis_sad.v
rtl/tiny_axis_sumpool.v
rtl/tiny_axis_window.v
rtl/tiny_memory_check.v
rtl/tiny.v
