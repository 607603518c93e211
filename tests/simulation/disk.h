/*
 * disk: where a simulated producer's spool lies. The files of a process that died are there as it left them; after
 * a loss of power, what was not synced is there or not, sector by sector, and so are names of files that were made or
 * removed.
 */
#ifndef SIMULATION_DISK_H
#define SIMULATION_DISK_H

#include "libkpl/src/spool_disk.h"
#include "world.h"

struct disk;

struct disk *disk_new(struct world *world);
void disk_free(struct disk *d);

/** What a spool takes; its close() leaves the disk as it is. */
struct kpl_spool_disk *disk_mount(struct disk *d);

/** How often it is full, and a sync fails, in percent. */
void disk_set_faults(struct disk *d, unsigned full, unsigned sync_fails);

/** The process dies within what it writes next: between these two, some of it is undone, from some byte on. */
void disk_write_begins(struct disk *d);
void disk_write_is_cut(struct disk *d);

/** Nobody has mounted it. */
void disk_lose_power(struct disk *d);

#endif /* SIMULATION_DISK_H */
