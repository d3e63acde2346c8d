# Build: a Java runtime with the modules of a JRE, the jar and its libraries, and an AOT cache: classes as the JVM has them
# after a start, made with this very runtime, jar and options. The JVM holds the times of all these files against it. They are
# set to a fixed one, since a layer that has not changed may be an older one, with the times of then.
FROM maven:3.9-eclipse-temurin-25 AS build
RUN jlink --output /opt/jre --no-header-files --no-man-pages --compress zip-6 \
    --add-modules java.se,jdk.charsets,jdk.crypto.cryptoki,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jdwp.agent,jdk.jfr,jdk.localedata,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.nio.mapmode,jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs \
    && find /opt/jre -exec touch -h -d 1980-02-01 {} + \
    && /opt/jre/bin/java -XX:+UseCompactObjectHeaders -Xshare:dump
WORKDIR /build
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn --batch-mode --quiet dependency:go-offline
# With .git, if there is one: /actuator/info tells of which commit the image is.
COPY . ./
RUN mvn --batch-mode --quiet package -Dmaven.test.skip=true -Dspotless.check.skip \
    && java -Djarmode=tools -jar target/image-processor.jar extract --destination /app \
    && find /app -exec touch -d 1980-02-01 {} +
WORKDIR /app
COPY deploy/image/java.options store_master.csv ./
# With a heap that any container may have: above 32 GiB, as a large builder would take, objects look different.
RUN /opt/jre/bin/java @java.options -Xmx1g -XX:AOTCacheOutput=image-processor.aot -Dspring.context.exit=onRefresh \
    -jar image-processor.jar

# Run: the C library, certificates, and nothing that could be run but java; no shell. Nothing is written but to /tmp.
# These base images have no versions: name one by its digest to have the same for ever.
FROM gcr.io/distroless/base-nossl-debian12
WORKDIR /app
COPY --from=build /opt/jre /opt/jre
COPY --from=build /app/lib ./lib
COPY --from=build /app/image-processor.jar /app/image-processor.aot /app/java.options /app/store_master.csv ./
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/jre/bin/java", "-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1", "-cp", "image-processor.jar", "io.imageprocessor.HealthCheck"]
# In the exec form java is process 1 and gets the SIGTERM of `docker stop`.
ENTRYPOINT ["/opt/jre/bin/java", "@java.options", "-XX:AOTCache=image-processor.aot", "-jar", "image-processor.jar"]
