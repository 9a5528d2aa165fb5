/* rds.c - see rds.h. */
#include "rds.h"

int64_t rds_max_connections(enum rds_engine engine, int64_t memory_bytes)
{
    static const struct {
        int64_t bytes, most;
    } law[N_RDS_ENGINES] = {
        [RDS_NONE] = {1, INT64_MAX},
        [RDS_MYSQL] = {12582880, INT64_MAX},
        [RDS_POSTGRES] = {9531392, 5000},
        [RDS_MARIADB] = {25165760, 12000},
        [RDS_ORACLE] = {9868951, 20000},
    };
    int64_t n = memory_bytes / law[engine].bytes;
    return n < law[engine].most ? n : law[engine].most;
}
