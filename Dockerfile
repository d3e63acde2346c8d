# Build: a Java runtime with the modules of a JRE, the jar and its libraries, and an AOT cache, which has the classes in the
# form that the JVM has them after a start. The cache is valid only for this runtime, jar and options: the JVM compares the
# times of all these files. They are set to a fixed time, because Docker may reuse an older layer with older times.
FROM maven:3.9-eclipse-temurin-25 AS build
RUN jlink --output /opt/jre --no-header-files --no-man-pages --compress zip-6 \
    --add-modules java.se,jdk.charsets,jdk.crypto.cryptoki,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jdwp.agent,jdk.jfr,jdk.localedata,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.nio.mapmode,jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs \
    && find /opt/jre -exec touch -h -d 1980-02-01 {} + \
    && /opt/jre/bin/java -XX:+UseCompactObjectHeaders -Xshare:dump
WORKDIR /build
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn --batch-mode --quiet dependency:go-offline
# With .git, if it exists: /actuator/info reports the commit of the image.
COPY . ./
RUN mvn --batch-mode --quiet package -Dmaven.test.skip=true -Dspotless.check.skip \
    && java -Djarmode=tools -jar target/image-processor.jar extract --destination /app \
    && find /app -exec touch -d 1980-02-01 {} +
WORKDIR /app
COPY deploy/image/java.options store_master.csv ./
# With a heap size that every container can have: above 32 GiB, as on a large build machine, objects have another layout.
RUN /opt/jre/bin/java @java.options -Xmx1g -XX:AOTCacheOutput=image-processor.aot -Dspring.context.exit=onRefresh \
    -jar image-processor.jar

# Run: the C library, certificates, and java as the only program; no shell. The service writes only to /tmp.
# This base image has no versions: name it by its digest to always get the same one.
FROM gcr.io/distroless/base-nossl-debian12
WORKDIR /app
COPY --from=build /opt/jre /opt/jre
COPY --from=build /app/lib ./lib
COPY --from=build /app/image-processor.jar /app/image-processor.aot /app/java.options /app/store_master.csv ./
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/jre/bin/java", "-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1", "-cp", "image-processor.jar", "io.imageprocessor.HealthCheck"]
# In the exec form, java is process 1 and receives the SIGTERM of `docker stop`.
ENTRYPOINT ["/opt/jre/bin/java", "@java.options", "-XX:AOTCache=image-processor.aot", "-jar", "image-processor.jar"]
