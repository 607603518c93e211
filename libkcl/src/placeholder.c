typedef int kcl_placeholder;
