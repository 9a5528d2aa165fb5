/* rds.h - how many connections Amazon RDS lets a database take by default (RDS-1): its memory through a number of the
 * engine, in whole connections, up to a bound. */
#ifndef RDS_H
#define RDS_H

#include <stdint.h>

enum rds_engine { RDS_NONE, RDS_MYSQL, RDS_POSTGRES, RDS_MARIADB, RDS_ORACLE, N_RDS_ENGINES };

int64_t rds_max_connections(enum rds_engine, int64_t memory_bytes);

#endif
