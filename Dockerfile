# Build: the jar, taken apart into layers that change seldom and one that changes with every commit.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
RUN mvn --batch-mode --quiet dependency:go-offline
COPY src ./src
RUN mvn --batch-mode --quiet package -DskipTests -Dspotless.check.skip \
    && java -Djarmode=tools -jar target/image-processor.jar extract --layers --destination layers

# Run: a JRE, the layers, and a user that is not root.
FROM eclipse-temurin:25-jre
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
COPY store_master.csv ./
USER 10001:10001
EXPOSE 8080
# The heap follows the container's memory limit; what is left is for threads, buffers and the JVM itself.
# In the exec form java is process 1 and gets the SIGTERM of `docker stop`.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+UseCompactObjectHeaders", "-jar", "image-processor.jar"]
