structure(list(n = c(4, 0, 1), nunits = 6L, nconn = c(0, 0, 0, 
0, 0, 0, 5), conn = c(0, 1, 2, 3, 4), nsunits = 6L, decay = 0, 
    entropy = TRUE, softmax = FALSE, censored = FALSE, value = 53.569655213367994, 
    wts = c(0, -6.0988954127769812, 0.084225947464185505, 1.7796461086623785, 
    3.7105824943755299), convergence = 0L, fitted.values = structure(c(0.056567859864361282, 
    0.51239714667885683), dim = 2:1, dimnames = list(c("1", "2"
    ), NULL)), lev = c("no", "yes"), call = multinom(formula = paid ~ 
        age * 1 + size, data = d, maxit = 50, trace = FALSE), 
    terms = paid ~ age * 1 + size, deviance = 107.13931042673599, 
    rank = 4L, coefnames = c("(Intercept)", "age", "sizem", "sizel"
    ), vcoefnames = c("(Intercept)", "age", "sizem", "sizel"), 
    contrasts = list(size = "contr.treatment"), xlevels = list(
        size = c("s", "m", "l")), edf = 4, AIC = 115.13931042673599), class = c("multinom", 
"nnet"))
