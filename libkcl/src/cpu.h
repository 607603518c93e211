/*
 * cpu: how busy the processor is that a worker may use, as a fleet's leader wants to know it.
 *
 * What is measured is what the KCL measures in the same place, so that workers of both kinds can be compared: in a container
 * what its control group used of what it may use, on a machine of EC2 what the whole machine did.
 */
#ifndef KCL_SRC_CPU_H
#define KCL_SRC_CPU_H

#include <stdbool.h>
#include <stdint.h>

/** What is wanted, in the order of the setting's words. */
enum kcl_cpu_wish {
    KCL_CPU_AUTO, /* where the KCL measures too; elsewhere nothing */
    KCL_CPU_OWN,  /* this process alone, anywhere */
    KCL_CPU_NOT   /* nothing */
};

enum kcl_cpu_source {
    KCL_CPU_NONE,
    KCL_CPU_MACHINE, /* /proc/stat */
    KCL_CPU_GROUP_1, /* control groups, version 1 */
    KCL_CPU_GROUP_2, /* and 2 */
    KCL_CPU_PROCESS
};

struct kcl_cpu {
    const char *root; /* (lent) in front of all paths; "" but in tests */
    enum kcl_cpu_source source;
    double cores;         /* that may be used; of all but MACHINE */
    double busy_s, all_s; /* when it was last looked */
};

/** Where this process runs, and a first look.
 *  @param root  (lent for the life of @p c) in front of all paths
 *  @param ecs   (borrowed) value of ECS_CONTAINER_METADATA_URI_V4; may be NULL */
void kcl_cpu_open(struct kcl_cpu *c,
                  const char *root,
                  const char *ecs,
                  enum kcl_cpu_wish wish,
                  int64_t now_us);

/** Since it was last asked. @return 0..100; -1 if it cannot be measured */
double kcl_cpu_percent(struct kcl_cpu *c, int64_t now_us);

#endif /* KCL_SRC_CPU_H */
