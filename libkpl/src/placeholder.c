typedef int kpl_placeholder;
