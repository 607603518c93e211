/*
 * fleet: how leases move among the workers of this application, as its table says.
 *
 * Without a word in the table, and in a store that only workers of this library use, each takes its share.
 */
#ifndef KCL_SRC_FLEET_H
#define KCL_SRC_FLEET_H

#include "fleet_row.h"

enum kcl_mode {
    KCL_MODE_SHARE,   /* every worker takes and steals, as the KCL 2.x does */
    KCL_MODE_ASSIGNED /* one leads and assigns, as the KCL 3.x does */
};

struct kcl_fleet {
    enum kcl_mode mode;
};

#endif /* KCL_SRC_FLEET_H */
