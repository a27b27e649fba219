"""Settings of Spark for tests, whose rows are few."""

#: A program compiled for each stage, and again by Java's second compiler, costs more
#: than it saves.
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": (
        "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m"
    ),
}
