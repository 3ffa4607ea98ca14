# Writes networks by nnet as RDS, as dput's text and as JSON, and what predict makes of rows.
#
#     Rscript make_r.R      (Debian's r-cran-nnet 7.3-18, R 4.2.2)

library(nnet)

# The function of docs/elsewhere.md.
as_json <- function(x) {
  if (is.list(x)) return(sprintf("{%s}", paste(sprintf('"%s":%s', names(x), sapply(x, as_json)), collapse = ",")))
  x <- if (is.character(x)) encodeString(x, quote = '"') else if (is.logical(x)) tolower(x) else sprintf("%.17g", x)
  sprintf("[%s]", paste(x, collapse = ","))
}
save_json <- function(m, file) {
  keep <- c("n", "nconn", "conn", "nsunits", "softmax", "wts", "lev", "coefnames", "vcoefnames", "xlevels", "contrasts")
  m <- c(unclass(m)[intersect(keep, names(m))], list(dataClasses = as.list(attr(m$terms, "dataClasses"))))
  writeLines(as_json(Filter(length, m)), file)
}

table_json <- function(t) as_json(as.list(lapply(t, function(x) if (is.factor(x)) as.character(x) else x)))
rows_json <- function(y) sprintf("[%s]", paste(apply(y, 1, as_json), collapse = ",\n"))

done <- function(m, name, rows, kind = "raw") {
  m$fitted.values <- m$fitted.values[1:2, , drop = FALSE]   # a few KB are enough
  m$residuals <- NULL
  m$weights <- NULL
  saveRDS(m, paste0(name, ".rds"))
  dput(m, paste0(name, ".R"), control = c("keepNA", "keepInteger", "niceNames", "showAttributes", "digits17"))
  save_json(m, paste0(name, ".nnet.json"))
  y <- predict(m, rows, type = kind)
  if (!is.matrix(y)) y <- matrix(y, nrow = nrow(rows))
  writeLines(sprintf('{"made_by": "R %s.%s, nnet %s", "type": "double", "labels": %s, "table": %s, "y": %s}',
    R.version$major, R.version$minor, packageVersion("nnet"), as_json(as.character(colnames(y))), table_json(rows),
    rows_json(y)), paste0(name, ".json"))
}

set.seed(3)
iris_net <- nnet(Species ~ ., iris, size = 4, decay = 1e-4, maxit = 60, trace = FALSE)
far <- data.frame(Sepal.Length = c(5.1, 6.3, 0, 1e3, -50, 7), Sepal.Width = c(3.5, 2.9, 0, -1e3, 80, 3),
  Petal.Length = c(1.4, 5, 0, 1e4, 2, -300), Petal.Width = c(0.2, 1.8, 0, 5, 1e6, 2))
done(iris_net, "classes", far)

n <- 120
d <- data.frame(age = round(runif(n, 18, 80)), size = factor(sample(c("s", "m", "l"), n, TRUE), c("s", "m", "l")),
  member = runif(n) < 0.5, rank = factor(sample(c("a", "b", "c", "d", "e"), n, TRUE), ordered = TRUE),
  city = factor(sample(c("Wien", "Graz"), n, TRUE)), `net worth` = rnorm(n), check.names = FALSE)
d$paid <- factor(ifelse(d$age / 40 + d$member + as.integer(d$size) / 3 + rnorm(n) / 2 > 2.5, "yes", "no"))
contrasts(d$city) <- "contr.sum"
rows <- d[c(1:12, 1:4), 1:6]
rows$age[13:16] <- c(-1e4, 1e4, 1e7, 0)
done(nnet(paid ~ ., d, size = 3, decay = 1e-3, maxit = 80, trace = FALSE), "two_classes", rows)
d$cost <- 3 * d$age + 40 * as.integer(d$rank) + rnorm(n)
done(nnet(cost ~ age + rank + member, d, size = 3, linout = TRUE, skip = TRUE, decay = 1e-3, maxit = 80, trace = FALSE),
  "skip", rows[c("age", "rank", "member")])
done(multinom(size ~ age + city + rank, d, maxit = 50, trace = FALSE), "multinom", rows[c("age", "city", "rank")], "probs")
done(multinom(paid ~ age * 1 + size, d, maxit = 50, trace = FALSE), "logit", rows[c("age", "size")], "probs")

x <- matrix(rnorm(60), 20)
plain <- nnet(x, cbind(sin(x[, 1]), x[, 2] * x[, 3]), size = 3, maxit = 50, trace = FALSE)
m <- rbind(x[1:6, ], 100 * x[7:9, ])
y <- predict(plain, m)
plain$fitted.values <- plain$residuals <- NULL
saveRDS(plain, "matrix.rds")
writeLines(sprintf('{"made_by": "R, nnet", "type": "double", "rows": [%s]}', paste(sprintf('{"x": %s, "y": %s}',
  apply(m, 1, as_json), apply(y, 1, as_json)), collapse = ",\n")), "matrix.json")
