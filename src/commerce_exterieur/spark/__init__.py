"""The same models on Apache Spark: session, what dbt-spark lacks, and the way back."""
